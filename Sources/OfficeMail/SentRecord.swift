import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// A folder that says what was sent to a mail server: a server cannot be asked.
///
/// Just before the end of a message goes out, `NAME.begun` is made, which only one can; when the server has answered, it
/// becomes `NAME`, with the answer in it, or is taken away. So a worker that died before the end has sent nothing, and one
/// that hung and woke up does not send what another has sent meanwhile. Who is sending holds a lock on `NAME.begun`, which
/// ends with its process.
struct SentRecord: Sendable {
    let folder: String

    /// Whether a message of that name was sent.
    func delivery(_ name: String) -> Delivery {
        if DurableFile.exists(mark(name)) { return .done }
        return DurableFile.exists(begun(name)) ? .inDoubt : .undone
    }

    /// What the server answered to the message of a name; nil where it was not sent.
    func answer(_ name: String) -> String? {
        guard let bytes = FileManager.default.contents(atPath: mark(name)) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Makes the folder, and forgets a doubt that nobody works at: who sends again after one was told to by a person.
    /// - Throws: `MailError.inDoubt` where another attempt is sending now.
    func prepare(_ name: String) throws(MailError) {
        try DurableFile.makeFolder(folder)
        let descriptor = open(begun(name), O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer {
            flock(descriptor, LOCK_UN)
            close(descriptor)
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { throw Self.overtaken }
        unlink(begun(name))
    }

    /// The end of the message is about to go out.
    /// - Throws: `MailError.inDoubt` where another attempt is at the same, `MailError.folder`; then it must not go out.
    func begin(_ name: String) throws(MailError) -> SendingMark {
        let path = begun(name)
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            if errno == EEXIST { throw Self.overtaken }
            throw .folder("\(path): \(String(cString: strerror(errno)))")
        }
        let sending = SendingMark(descriptor: descriptor)
        // Between the two calls another may have taken the file for a doubt of old.
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, sending.isFile(path) else { throw Self.overtaken }
        // The other may have come to its end before the file was made.
        guard !DurableFile.exists(mark(name)) else {
            unlink(path)
            throw Self.overtaken
        }
        DurableFile.sync(folder)
        return sending
    }

    /// The server has taken the message. Where this cannot be written, the doubt stays.
    func finish(_ name: String, answer: String) {
        guard (try? DurableFile.write(Array(answer.utf8), to: begun(name), isNew: false)) != nil else { return }
        rename(begun(name), mark(name))
        DurableFile.sync(folder)
    }

    /// The server has refused the message.
    func withdraw(_ name: String) {
        unlink(begun(name))
        DurableFile.sync(folder)
    }

    private static let overtaken = MailError.inDoubt(
        SMTPFailure(stage: .message, words: "another attempt has sent, or is sending, the same message"))

    private func mark(_ name: String) -> String { "\(folder)/\(DurableFile.safe(name))" }
    private func begun(_ name: String) -> String { mark(name) + ".begun" }
}

/// The lock of the one who is sending.
final class SendingMark {
    private let descriptor: Int32

    fileprivate init(descriptor: Int32) { self.descriptor = descriptor }

    deinit {
        // A child that was spawned meanwhile may have a copy of the descriptor until it begins its program (flock(2)).
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    fileprivate func isFile(_ path: String) -> Bool {
        var held = stat()
        var found = stat()
        return fstat(descriptor, &held) == 0 && stat(path, &found) == 0 && held.st_ino == found.st_ino
            && held.st_dev == found.st_dev
    }
}
