internal import Glibc

/// A call to the operating system that failed on a path.
package struct SystemError: Error, CustomStringConvertible, Sendable {
  package var path: String
  package var call: String
  package var code: Int32

  package init(path: String, call: String, code: Int32 = errno) {
    self.path = path
    self.call = call
    self.code = code
  }

  package var description: String { "\(path): \(call): \(String(cString: strerror(code)))" }
}
