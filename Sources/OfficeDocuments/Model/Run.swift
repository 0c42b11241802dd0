/// A piece of text in one style.
public struct Run: Sendable, Hashable {
    /// The text.
    public var text: String
    /// Bold.
    public var bold: Bool
    /// Italic.
    public var italic: Bool

    /// A piece of text.
    public init(_ text: String, bold: Bool = false, italic: Bool = false) {
        self.text = text
        self.bold = bold
        self.italic = italic
    }
}
