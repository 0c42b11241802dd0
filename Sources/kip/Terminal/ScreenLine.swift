/// One line of the screen: pieces of text, each in a style.
struct ScreenLine: Sendable, Equatable {
    /// How a piece looks. Each is to be told from the others without colours, too.
    enum Style: Sendable {
        case plain
        case title
        case faint
        case heading
        /// The heading of the pane that has the keys.
        case activeHeading
        case selected
        case warning
        case alarm
        case question
    }

    struct Piece: Sendable, Equatable {
        var text: String
        var style: Style
    }

    private(set) var pieces: [Piece] = []

    init() {}

    init(_ text: String, _ style: Style = .plain) {
        pieces = [Piece(text: TerminalText.printable(text), style: style)]
    }

    /// What is read.
    var text: String { pieces.map(\.text).joined() }

    mutating func append(_ text: String, _ style: Style = .plain) {
        if text.isEmpty { return }
        pieces.append(Piece(text: TerminalText.printable(text), style: style))
    }

    /// The line in so many cells at the most.
    func cut(to width: Int) -> ScreenLine {
        var line = ScreenLine()
        var left = width
        for piece in pieces where left > 0 {
            let text = CellWidth.cut(piece.text, left)
            line.append(text, piece.style)
            left -= CellWidth.of(text)
        }
        return line
    }

    /// With the commands of an ANSI terminal.
    func ansi(colours: Bool) -> String {
        pieces.map { piece in
            let codes = Self.codes(piece.style, colours: colours)
            return codes.isEmpty ? piece.text : "\u{1B}[\(codes)m\(piece.text)\u{1B}[0m"
        }.joined()
    }

    private static func codes(_ style: Style, colours: Bool) -> String {
        switch style {
        case .plain: ""
        case .title: "1"
        case .faint: "2"
        case .heading: colours ? "1;34" : "1"
        case .activeHeading: colours ? "1;30;46" : "1;7"
        case .selected: "7"
        case .warning: colours ? "33" : "1"
        case .alarm: colours ? "1;31" : "1;4"
        case .question: colours ? "1;30;43" : "1;7"
        }
    }
}
