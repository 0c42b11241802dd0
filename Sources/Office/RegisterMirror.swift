import Foundation
import HashChain
import Synchronization

/// Where the register's chain stood when it was last written, in a file beside the register, `office.last`: a register that
/// was put back from a copy, or whose last lines were taken out, finds itself older than that; it gives no number a second
/// time, and the audit says so.
final class RegisterMirror: Sendable {
    private let path: String
    /// The last line that this process has noted.
    private let noted = Mutex(0)
    private let unwritten = Mutex<String?>(nil)
    /// Until then it is not tried: a process that was stopped with the lock must not cost each step its wait.
    private let pausedUntil = Mutex<ContinuousClock.Instant?>(nil)

    init(directory: String) { path = directory + "/office.last" }

    /// - Parameter line: of the chain, by its number.
    /// - Throws: `OfficeError.register` where the register is an older one, or another one.
    func check(_ line: (Int) throws -> ChainLine?) throws {
        guard let fault = try fault(of: content, line) else { return }
        throw OfficeError.register("\(fault.what). No number is given\(fault.advice)")
    }

    /// What is wrong with the register beside the file's content that was read before it, in words; nil = nothing.
    func disagreement(with content: Content, _ line: (Int) throws -> ChainLine?) throws -> String? {
        try fault(of: content, line)?.what
    }

    private func fault(
        of content: Content, _ line: (Int) throws -> ChainLine?
    ) throws -> (what: String, advice: String)? {
        switch content {
        case .missing: nil
        case .mark(let seen): try fault(of: seen, line)
        case .unreadable:
            (
                "\(path) does not say where the chain ended: nobody can tell whether office.db is an older one",
                ". Put back a good copy of both files; where office.db is known to be the newest, remove \(path)"
            )
        }
    }

    private func fault(of seen: Mark, _ line: (Int) throws -> ChainLine?) throws -> (what: String, advice: String)? {
        guard let known = try line(seen.number) else {
            return (
                "office.db is older than what \(path) has seen: its chain ends before line \(seen.number)",
                ", as it would be given twice. Put the newer office.db back; "
                    + "where what came after is lost for good, and its numbers are written off, remove that file"
            )
        }
        if known.hash == seen.hash { return nil }
        return (
            "office.db and \(path) tell different things of line \(seen.number) of the chain: they belong to two registers",
            "; put together again what belongs together"
        )
    }

    /// The chain was written. A line that another process has written meanwhile stays, and so does one that the register
    /// does not know: it is an older one, or another one.
    /// - Parameter known: a line of the register's chain, by its number.
    func note(_ line: ChainLine, _ known: (Int) throws -> ChainLine?) {
        guard noted.withLock({ $0 < line.number }), pausedUntil.withLock({ $0.map { $0 <= .now } ?? true }) else {
            return
        }
        let begin = ContinuousClock.now
        do {
            try FileLock.holding(path + ".lock", seconds: 5) {
                switch content {
                case .missing: break
                case .unreadable: return
                case .mark(let seen):
                    guard seen.number <= line.number, try known(seen.number)?.hash == seen.hash else { return }
                }
                // Whole or not at all; after a power cut it may be an older one, which is as good.
                try Data(Mark(number: line.number, hash: line.hash).text.utf8).write(
                    to: URL(fileURLWithPath: path), options: .atomic)
            }
            noted.withLock { $0 = max($0, line.number) }
            unwritten.withLock { $0 = nil }
        } catch {
            // It guards less, and stops no letter.
            if ContinuousClock.now - begin >= .seconds(5) { pausedUntil.withLock { $0 = .now + .seconds(60) } }
            warn(error)
        }
    }

    /// It stops no letter, but who runs the office must hear that an older register would not be found out.
    private func warn(_ error: any Error) {
        unwritten.withLock {
            $0 =
                "\(path) cannot be written, so a register that is put back from an older copy could give numbers twice; make "
                + "room or mend its rights (\(error))"
        }
    }

    /// Why the last line could not be noted in the file; nil = it was, or none was added yet.
    var degradedReason: String? { unwritten.withLock { $0 } }

    /// What the file holds.
    enum Content: Sendable {
        /// There is no file.
        case missing
        /// It names a line of the chain.
        case mark(Mark)
        /// It is there, and names none.
        case unreadable
    }

    /// Reads the file.
    var content: Content {
        if let text = try? String(contentsOfFile: path, encoding: .utf8) {
            return Mark(text).map(Content.mark) ?? .unreadable
        }
        return access(path, F_OK) == 0 ? .unreadable : .missing
    }

    /// A line of the chain by which the register is known.
    struct Mark: Sendable {
        var number: Int
        var hash: String

        init(number: Int, hash: String) {
            self.number = number
            self.hash = hash
        }

        init?(_ text: String) {
            let words = text.split(whereSeparator: \.isWhitespace)
            guard words.count == 2, let number = Int(words[0]), number > 0 else { return nil }
            self.init(number: number, hash: String(words[1]))
        }

        var text: String { "\(number) \(hash)\n" }
    }
}
