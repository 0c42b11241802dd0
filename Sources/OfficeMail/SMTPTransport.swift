import CCurl
import Foundation

/// Sends mail to a server (RFC 5321) by libcurl: SMTP, STARTTLS and SMTPS, login.
///
/// All or nothing: where the server refuses one recipient, nobody gets the message (libcurl without
/// CURLOPT_MAIL_RCPT_ALLOWFAILS). A digest that reached some of its readers could not be tried again without reaching them
/// twice.
public struct SMTPTransport: Sendable {
    /// The server.
    public let server: SMTPServer

    /// A transport to a server.
    public init(server: SMTPServer) {
        self.server = server
    }

    /// Sends a message and waits for the server's answer; it blocks its thread for at most the server's `timeout`.
    /// - Parameters:
    ///   - bytes: the message on the wire, as `MailMessage.encoded()` gives it.
    ///   - envelope: from whom and to whom.
    ///   - beforeEnd: called once, after the message and before its end is sent. Where it throws, the message is given up,
    ///     and the server does not deliver it.
    /// - Returns: the server's answer, 2yz.
    /// - Throws: `MailError`: `.temporary`, `.refused`, `.inDoubt`, `.message`, `.settings`, or what `beforeEnd` throws.
    public func send(
        _ bytes: [UInt8], in envelope: MailEnvelope,
        beforeEnd: @escaping () throws(MailError) -> Void = { () throws(MailError) in }
    ) throws(MailError) -> SMTPReply {
        try server.check()
        try Self.checkWireFormat(bytes)
        let conversation = SMTPConversation(bytes, seconds: server.timeout, beforeEnd: beforeEnd)
        var problem = try CurlSession.perform(conversation, server, envelope)
        if !problem.isEmpty, conversation.isLate { problem = "no answer within \(server.timeout) seconds" }
        return try outcome(of: conversation, problem, envelope)
    }

    /// Greets the server as for a message, with TLS and login as they are set, and sends none; it blocks its thread for at
    /// most the server's `timeout`.
    /// - Throws: `MailError`: `.temporary`, `.refused` or `.settings`.
    public func greet() throws(MailError) {
        try server.check()
        let conversation = SMTPConversation([], seconds: server.timeout) { () throws(MailError) in }
        let problem = try CurlSession.perform(conversation, server, nil)
        if problem.isEmpty { return }
        _ = try outcome(of: conversation, problem, nil)
    }

    private func outcome(
        of conversation: SMTPConversation, _ problem: String, _ envelope: MailEnvelope?
    ) throws(MailError) -> SMTPReply {
        if let veto = conversation.veto { throw veto }
        let reply = conversation.isHandedOver ? conversation.answer : conversation.reply
        let refusedRecipient = conversation.stage == .recipient ? conversation.recipients - 1 : nil
        var failure = SMTPFailure(
            stage: conversation.stage, code: reply?.code, words: masked(reply?.words ?? problem, envelope),
            recipient: refusedRecipient)
        switch (reply?.code ?? 0) / 100 {
        case 2 where conversation.isHandedOver: return reply ?? SMTPReply(code: 0, words: "")
        // RFC 5321, section 4.5.3.1.10: 552 to RCPT is an old word for “too many recipients”, which is 452.
        case 5 where conversation.stage == .recipient && reply?.code == 552: throw .temporary(failure)
        case 5: throw .refused(failure)
        case 4: throw .temporary(failure)
        default:
            // What the server said last was no refusal: the transport says what is wrong.
            failure.code = nil
            failure.recipient = nil
            failure.words = masked(problem, envelope)
            if conversation.isHandedOver { throw .inDoubt(failure) }
            throw .temporary(failure)
        }
    }

    /// Servers repeat addresses in what they say, some without end, and errors end in logs.
    private func masked(_ words: String, _ envelope: MailEnvelope?) -> String {
        var secrets = (envelope?.recipients ?? []).enumerated().map { ($1, "recipient \($0 + 1)") }
        if let envelope { secrets.append((envelope.sender, "the sender")) }
        if let user = server.user { secrets.append((user, "the user")) }
        if let password = server.password?.text { secrets.append((password, "the password")) }
        // A word of a letter or two would be found everywhere.
        return secrets.filter { $0.0.count > 3 }.sorted { $0.0.count > $1.0.count }.reduce(String(words.prefix(1_000)))
        { words, secret in
            words.replacingOccurrences(of: secret.0, with: secret.1, options: .caseInsensitive)
        }
    }

    /// Lines end with CRLF and nothing else, so that no server takes a line for the end that another does not; all is
    /// ASCII, as not every server takes more (RFC 6152), and no line is longer than 998 characters.
    static func checkWireFormat(_ bytes: [UInt8]) throws(MailError) {
        var length = 0
        var last: UInt8 = 0
        for byte in bytes {
            guard (byte == UInt8(ascii: "\n")) == (last == UInt8(ascii: "\r")), byte != 0, byte < 0x80 else {
                throw .message("it is not ASCII in lines that end with CRLF")
            }
            length = byte == UInt8(ascii: "\n") ? 0 : length + 1
            guard length <= 999 else { throw .message("a line is longer than 998 characters") }
            last = byte
        }
        guard last == UInt8(ascii: "\n") else { throw .message("its last line does not end with CRLF") }
    }
}
