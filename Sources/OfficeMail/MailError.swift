/// Why a message could not be delivered, and so what may be done next.
public enum MailError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A message that cannot be written: an address, the subject, an attachment. Nothing was delivered; the same message
    /// fails again.
    case message(String)
    /// A folder cannot be read or written: the outbox, the print tray, the record of what was sent, the bounces. Nothing
    /// was delivered.
    case folder(String)
    /// The settings of mail do not hold. Nothing was delivered.
    case settings(String)
    /// Nothing was delivered to anybody, and a later attempt may succeed: the server was not reached, is not to be
    /// trusted, or answered 4yz (RFC 5321, section 4.2.1).
    case temporary(SMTPFailure)
    /// Nothing was delivered to anybody, and the server will not take this message: it answered 5yz.
    case refused(SMTPFailure)
    /// The whole message was handed over, and the connection broke before the server's answer: nobody but the server
    /// knows whether it took the message (RFC 5321, section 4.5.3.2.6). Only a person may send it again.
    case inDoubt(SMTPFailure)
    /// A file may have been put into its folder, and taken: by an attempt that is at the same, or that broke off. Only a
    /// person may put it there again.
    case uncertainFile(String)

    /// It is certain that nobody got the message.
    public var isUndone: Bool {
        switch self {
        case .inDoubt, .uncertainFile: false
        case .message, .folder, .settings, .temporary, .refused: true
        }
    }

    /// A later attempt with the same message and settings may succeed.
    public var isTemporary: Bool {
        switch self {
        case .folder, .temporary: true
        case .message, .settings, .refused, .inDoubt, .uncertainFile: false
        }
    }

    /// What happened and what to do next. It names no address.
    public var description: String {
        switch self {
        case .message(let reason): "the message cannot be written: \(reason)"
        case .folder(let reason): "the folder cannot be used: \(reason); make room or mend its rights"
        case .settings(let reason): "the settings of mail do not hold: \(reason); mend “mail” in office.yaml"
        case .temporary(let failure): "\(failure); nothing was delivered, try again later"
        case .refused(let failure): "\(failure); nothing was delivered, and it will not be without a change"
        case .inDoubt(let failure):
            "\(failure); the whole message was handed over, so it may have been delivered: ask the server's log for its "
                + "Message-ID before you send it again"
        case .uncertainFile(let reason):
            "\(reason); look whether it lies there, or who took it, before you put it there again"
        }
    }
}

/// Where and how a conversation with a mail server failed.
public struct SMTPFailure: Sendable, Equatable, CustomStringConvertible {
    /// A step of the conversation.
    public enum Stage: String, Sendable {
        /// The connection, up to and with the greetings.
        case connection
        /// The change to TLS.
        case encryption
        /// The login.
        case login
        /// The envelope's sender.
        case sender
        /// One of the envelope's recipients.
        case recipient
        /// The message, while it is sent.
        case message
        /// The server's answer to the whole message.
        case answer
    }

    /// The step that failed.
    public var stage: Stage
    /// The code of the server's answer; nil where there was none.
    public var code: Int?
    /// The server's words, or the transport's where there are none. Addresses, user and password are replaced by what
    /// they are: an error ends in logs.
    public var words: String
    /// The index of the recipient that the server refused.
    public var recipient: Int?

    /// A failure.
    public init(stage: Stage, code: Int? = nil, words: String, recipient: Int? = nil) {
        self.stage = stage
        self.code = code
        self.words = words
        self.recipient = recipient
    }

    /// In words.
    public var description: String {
        let place =
            recipient.map { "recipient \($0 + 1)" }
            ?? (stage == .answer ? "the whole message" : "the \(stage.rawValue)")
        guard let code else { return "the mail server failed at \(place): \(words)" }
        return "the mail server answered to \(place): \(code) \(words)"
    }
}
