import Foundation

/// The terminal as a screen: keys come one by one and unseen, lines are drawn in place. What was on it is there again
/// when this is gone, however the program ends short of SIGKILL.
struct RawTerminal: ~Copyable {
    private let before: termios

    /// Takes the terminal.
    /// - Returns: nil where stdin or stdout is none.
    static func take() -> RawTerminal? {
        guard isThere else { return nil }
        var settings = termios()
        guard tcgetattr(STDIN_FILENO, &settings) == 0 else { return nil }
        let before = settings
        cfmakeraw(&settings)
        // What was pressed already is kept.
        guard tcsetattr(STDIN_FILENO, TCSADRAIN, &settings) == 0 else { return nil }
        return RawTerminal(before: before)
    }

    private init(before: termios) {
        self.before = before
        // Another screen; no cursor; long lines are not wrapped.
        Terminal.write("\u{1B}[?1049h\u{1B}[?25l\u{1B}[?7l")
    }

    deinit {
        Terminal.write("\u{1B}[?7h\u{1B}[?25h\u{1B}[?1049l")
        var settings = before
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings)
    }

    /// Somebody sits at both ends.
    static var isThere: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1 }

    /// Columns and lines; 80 × 24 where the terminal does not say.
    static var size: (width: Int, height: Int) {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return (80, 24)
        }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    /// Draws as many lines as the screen has from the top, over what was there, in one write, so that nothing flickers.
    borrowing func draw(_ lines: [ScreenLine], colours: Bool) {
        var text = "\u{1B}[H"
        for (place, line) in lines.enumerated() {
            if place > 0 { text += "\r\n" }
            // Before the text: after a line as wide as the screen it would erase the last cell.
            text += "\u{1B}[K" + line.ansi(colours: colours)
        }
        Terminal.write(text)
    }

    /// What is pressed, as bytes; nil at the end of the input. Waits for it.
    static func pressed() -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 64)
        while true {
            let count = read(STDIN_FILENO, &bytes, bytes.count)
            if count > 0 { return Array(bytes[..<count]) }
            if count == 0 || errno != EINTR { return nil }
        }
    }
}
