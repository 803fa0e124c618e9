import Glibc

/// What an operator can do about an error of the operating system.
package enum SystemCure {
  /// Half a sentence, such as "make room on the disk", for an `errno`.
  package static func text(for code: Int32) -> String {
    switch code {
    case ENOSPC, EDQUOT, EFBIG: "make room on the disk, or raise the limit on the size of files"
    case ENOMEM: "raise the limit on address space (ulimit -v), or free memory"
    case EMFILE, ENFILE: "raise the limit on open files (ulimit -n)"
    case EACCES, EPERM, EROFS: "let the program's user read and write it"
    case ENOTDIR, EISDIR, EEXIST: "move away what stands in its place"
    default: "see to the disk and try again"
    }
  }
}
