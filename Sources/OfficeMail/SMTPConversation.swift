import CCurl

/// What happens on one connection: it feeds the message to libcurl and notes what the server answers to which command.
///
/// libcurl's own result does not tell whether a message that failed may have been delivered. But it writes the end of the
/// data (a line with a dot alone, RFC 5321, section 4.1.1.4) only after its read callback has said that there is no more,
/// and before that a server may not deliver. So the callback's last call divides what certainly was not sent from what may
/// have been. This holds as long as libcurl does not know the size beforehand (no CURLOPT_INFILESIZE, hence no SIZE in
/// MAIL): with it, the last byte would be the end, and no call would come.
///
/// One thread owns it: libcurl calls back on the thread that performs.
final class SMTPConversation {
    private let bytes: [UInt8]
    private var position = 0
    private let beforeEnd: () throws(MailError) -> Void
    private let deadline: ContinuousClock.Instant
    private var parser = SMTPReplyParser()
    /// libcurl takes its leave; what is said then is not about the message.
    private var hasQuit = false

    /// The step that the conversation is at.
    private(set) var stage = SMTPFailure.Stage.connection
    /// The recipients that were named so far.
    private(set) var recipients = 0
    /// The answer to the last command, or the greeting.
    private(set) var reply: SMTPReply?
    /// The end of the data was, or is about to be, sent.
    private(set) var isHandedOver = false
    /// The answer to the whole message.
    private(set) var answer: SMTPReply?
    /// What `beforeEnd` threw.
    private(set) var veto: MailError?

    /// - Parameter seconds: how long it may last.
    init(_ bytes: [UInt8], seconds: Double, beforeEnd: @escaping () throws(MailError) -> Void) {
        self.bytes = bytes
        deadline = .now + .seconds(seconds)
        self.beforeEnd = beforeEnd
    }

    /// No time is left.
    var isLate: Bool { ContinuousClock.now >= deadline }

    /// More of the message.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let piece = bytes[position...].prefix(buffer.count)
        if piece.isEmpty { return end() }
        position += piece.count
        buffer.copyBytes(from: piece)
        return piece.count
    }

    private func end() -> Int {
        do {
            try beforeEnd()
        } catch {
            veto = error
            return curl_read_abort
        }
        stage = .answer
        isHandedOver = true
        return 0
    }

    /// A line that was sent. Only how it begins is looked at: others may be a password.
    func sent(_ line: String) {
        if line == "QUIT" { hasQuit = true }
        guard !isHandedOver, !hasQuit else { return }
        reply = nil
        if line.hasPrefix("EHLO ") || line.hasPrefix("HELO ") {
            stage = .connection
        } else if line == "STARTTLS" {
            stage = .encryption
        } else if line.hasPrefix("AUTH ") {
            stage = .login
        } else if line.hasPrefix("MAIL FROM:") {
            stage = .sender
        } else if line.hasPrefix("RCPT TO:") {
            stage = .recipient
            recipients += 1
        } else if line == "DATA" {
            stage = .message
        }
    }

    /// A line that came.
    func received(_ line: String) {
        guard !hasQuit, let reply = parser.take(line) else { return }
        if !isHandedOver {
            self.reply = reply
        } else if answer == nil {
            answer = reply
        }
    }
}

/// libcurl's read callback.
func readMessage(
    _ buffer: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let context else { return curl_read_abort }
    let conversation = Unmanaged<SMTPConversation>.fromOpaque(context).takeUnretainedValue()
    return conversation.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: size * count))
}

/// libcurl's debug callback, which shows the lines of both sides in their order, decrypted.
func noteLine(
    _ handle: UnsafeMutableRawPointer?, _ type: curl_infotype, _ text: UnsafeMutablePointer<CChar>?, _ size: Int,
    _ context: UnsafeMutableRawPointer?
) -> Int32 {
    guard type == CURLINFO_HEADER_IN || type == CURLINFO_HEADER_OUT, let context else { return 0 }
    let conversation = Unmanaged<SMTPConversation>.fromOpaque(context).takeUnretainedValue()
    let bytes = UnsafeRawBufferPointer(start: text, count: size)
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
        let line = String(decoding: line.filter { $0 >= 0x20 }, as: UTF8.self)
        type == CURLINFO_HEADER_IN ? conversation.received(line) : conversation.sent(line)
    }
    return 0
}

/// libcurl's progress callback, at least once a second. CURLOPT_TIMEOUT_MS alone is not kept while libcurl 7.88 waits for the
/// answer to the message.
func keepTime(
    _ context: UnsafeMutableRawPointer?, _ total: curl_off_t, _ now: curl_off_t, _ totalUp: curl_off_t,
    _ nowUp: curl_off_t
) -> Int32 {
    guard let context else { return 1 }
    return Unmanaged<SMTPConversation>.fromOpaque(context).takeUnretainedValue().isLate ? 1 : 0
}
