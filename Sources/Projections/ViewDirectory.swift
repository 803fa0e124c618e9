/// The files of one view: a directory per generation, and `current`, which names the live one.
///
/// Generations are numbered upwards. Greater numbers than the current one are rebuilds that never
/// went live; the greatest below it is kept to roll back to.
struct ViewDirectory: Sendable {
  let path: String

  /// The number in `current`; nil when the view is new or the file says nothing sensible.
  var current: Int? {
    Files.text(at: path + "/current").flatMap { Int($0.prefix { $0 != "\n" }) }
  }

  func setCurrent(_ generation: Int) throws {
    try Files.replace(path + "/current", with: "\(generation)\n")
  }

  /// The numbers of the generations that are there, ascending.
  var generations: [Int] {
    get throws { try Files.names(in: path).compactMap(Int.init).sorted() }
  }

  func directory(of generation: Int) -> String {
    "\(path)/\(generation)"
  }

  func remove(_ generation: Int) throws {
    try Files.removeAll(directory(of: generation))
  }

  /// Removes every generation except those named.
  func removeAll(except kept: [Int]) throws {
    for generation in try generations where !kept.contains(generation) {
      try remove(generation)
    }
  }
}
