/// Every type of command that there is: one line each.
package enum CommandRegistry {
  package static let types: [any CommandData.Type] = []
}
