/// The `#define`s in front of a kernel: the algorithm's parameters, which are written in Swift alone, and the launch
/// settings.
package struct Prelude: Sendable {
    /// Names and replacement texts, in order.
    package var definitions: [(name: String, text: String)] = []

    package init() {}

    /// The text, ending in a newline. Messages about it name the file "prelude".
    package var text: String {
        "#line 1 \"prelude\"\n" + definitions.map { "#define \($0.name) \($0.text)\n" }.joined()
    }
}
