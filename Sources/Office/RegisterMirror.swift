import Foundation
import HashChain

/// Where the register's chain stood when it gave its last number, in a file beside the register, `office.last`: a register
/// that was put back from a copy finds itself older than that, and gives no number a second time.
struct RegisterMirror: Sendable {
    private let path: String

    init(directory: String) { path = directory + "/office.last" }

    /// - Parameter line: of the chain, by its number.
    /// - Throws: `OfficeError.register` where the register is an older one, or another one.
    func check(_ line: (Int) throws -> ChainLine?) throws {
        guard let seen else { return }
        guard let known = try line(seen.number) else {
            throw OfficeError.register(
                "office.db is older than the letters that were numbered: its chain ends before line \(seen.number), which "
                    + "\(path) has seen. No number is given, as it would be given twice. Put the newer office.db back; "
                    + "where what came after is lost for good, and its numbers are written off, remove that file")
        }
        guard known.hash == seen.hash else {
            throw OfficeError.register(
                "office.db and \(path) tell different things of line \(seen.number) of the chain: they belong to two "
                    + "registers. No number is given; put together again what belongs together")
        }
    }

    /// A number was given. One that another process has given meanwhile stays.
    func note(_ line: ChainLine) {
        // What cannot be written guards less, and stops no letter.
        try? FileLock.holding(path + ".lock") {
            if let seen, seen.number > line.number { return }
            // Whole or not at all; after a power cut it may be an older one, which is as good.
            try Data(Mark(number: line.number, hash: line.hash).text.utf8).write(
                to: URL(fileURLWithPath: path), options: .atomic)
        }
    }

    private var seen: Mark? { (try? String(contentsOfFile: path, encoding: .utf8)).flatMap { Mark($0) } }

    private struct Mark {
        var number: Int
        var hash: String

        init(number: Int, hash: String) {
            self.number = number
            self.hash = hash
        }

        init?(_ text: String) {
            let words = text.split(whereSeparator: \.isWhitespace)
            guard words.count == 2, let number = Int(words[0]) else { return nil }
            self.init(number: number, hash: String(words[1]))
        }

        var text: String { "\(number) \(hash)\n" }
    }
}
