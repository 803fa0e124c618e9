internal import JSON

/// The fields of a command's data, read one by one, each with the rule that it must meet.
///
/// Everything that breaks a rule is a `MalformedCommand` that names the field. Whoever made the
/// fields asks `finish()` in the end, which reports those that nobody read.
package struct CommandFields {
  // The reader of the values; see CommandParser.

  /// An identifier: 1 to 64 bytes of `A-Z a-z 0-9 . _ : -`, the first a letter or digit.
  package mutating func identifier(_ name: String) throws(MalformedCommand) -> String {
    throw MalformedCommand(detail: "stub")
  }

  package mutating func optionalIdentifier(_ name: String) throws(MalformedCommand) -> String? {
    nil
  }

  /// UTF-8 text of at most `maxBytes` bytes.
  package mutating func text(
    _ name: String,
    maxBytes: Int = 2_000
  ) throws(MalformedCommand) -> String {
    throw MalformedCommand(detail: "stub")
  }

  package mutating func optionalText(
    _ name: String,
    maxBytes: Int = 2_000
  ) throws(MalformedCommand) -> String? {
    nil
  }

  /// A whole number of signed 64 bits.
  package mutating func integer(_ name: String) throws(MalformedCommand) -> Int64 {
    throw MalformedCommand(detail: "stub")
  }

  package mutating func optionalInteger(_ name: String) throws(MalformedCommand) -> Int64? {
    nil
  }

  package mutating func optionalBoolean(_ name: String) throws(MalformedCommand) -> Bool? {
    nil
  }

  /// One of the names given; any other is malformed, and the error lists them.
  package mutating func optionalChoice<Choice>(
    _ name: String,
    _ choices: [(name: String, choice: Choice)]
  ) throws(MalformedCommand) -> Choice? {
    nil
  }

  /// An `entry` object, with the search query apart from it.
  package mutating func entry(
    _ name: String
  ) throws(MalformedCommand) -> (entry: Entry, query: String?) {
    throw MalformedCommand(detail: "stub")
  }

  package mutating func optionalEntry(
    _ name: String
  ) throws(MalformedCommand) -> (entry: Entry, query: String?)? {
    nil
  }

  /// The optional `scene` and `community` that stand in the data itself.
  package mutating func optionalScene() throws(MalformedCommand) -> (
    scene: Scene, community: String
  ) {
    (.none, "")
  }
}
