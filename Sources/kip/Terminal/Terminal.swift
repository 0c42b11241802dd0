import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// What the command says to a person: words on stderr, data on stdout.
enum Terminal {
    static let isInteractive = isatty(STDERR_FILENO) == 1

    /// Words to a person.
    static func say(_ text: String) {
        // A closed stderr ends nothing.
        try? FileHandle.standardError.write(contentsOf: Data((TerminalText.printableLines(text) + "\n").utf8))
    }

    /// Bytes as they are: data that a program reads, or the screen of `kip top`, whose lines were made printable before.
    static func write(_ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if written > 0 {
                rest = rest.dropFirst(written)
            } else if errno != EINTR {
                endWithoutOutput()
            }
        }
    }

    private static func endWithoutOutput() -> Never {
        // Who reads has seen enough (`| head`): as a program that SIGPIPE ends, of which a shell says 128 + 13.
        if errno == EPIPE { exit(141) }
        // EX_IOERR: what was asked for may be done, and cannot be said.
        say("kip: the output cannot be written: \(String(cString: strerror(errno)))")
        exit(74)
    }

    /// “1 job”, “2 jobs”.
    static func count(_ number: Int, _ noun: String) -> String { number == 1 ? "1 \(noun)" : "\(number) \(noun)s" }

    /// A line of text. What is in it from outside stays on it.
    static func line(_ text: String) {
        write(TerminalText.printable(text) + "\n")
    }

    /// A thing that is known of something, after its name.
    static func line(_ name: String, _ value: String) {
        line(CellWidth.fit(name, 12) + value)
    }

    /// A value as JSON, one object on one line.
    static func json(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        write(TerminalText.printableJSON(try NestedJSON.unwrap(encoder.encode(value))) + "\n")
    }

    /// Rows in columns as wide as their widest cell; the last is as long as it is.
    static func table(_ head: [String], _ rows: [[String]]) {
        let table = ScreenTable(
            columns: head.map { ScreenTable.Column(title: $0) }, rows: rows.map { $0.map { ScreenTable.Cell($0) } })
        for text in table.text() { line(text) }
    }
}
