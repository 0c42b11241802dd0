/// A mail server that takes the office's mail, and how it is spoken to.
public struct SMTPServer: Sendable {
    /// How the connection is kept from others' eyes. The server's certificate is always checked.
    public enum Security: String, Sendable, Codable {
        /// Not at all: for a server on this machine. A password is never sent so.
        case none
        /// STARTTLS (RFC 3207), without which nothing is sent.
        case startTLS = "starttls"
        /// TLS from the first byte (RFC 8314).
        case smtps

        /// 25, 587 and 465.
        public var defaultPort: Int {
            switch self {
            case .none: 25
            case .startTLS: 587
            case .smtps: 465
            }
        }
    }

    /// Its name, which its certificate has to bear.
    public var host: String
    /// Its port.
    public var port: Int
    /// How the connection is secured.
    public var security: Security
    /// Who logs in; nil where nobody does.
    public var user: String?
    /// The user's password.
    public var password: MailPassword?
    /// A file of the certificates (PEM) that are trusted; nil is the system's.
    public var caFile: String?
    /// The name that this machine gives itself (EHLO); nil is its host name.
    public var localName: String?
    /// Seconds until a connection stands.
    public var connectTimeout: Double
    /// Seconds of the whole conversation, the connection with it. The server may look for viruses before it answers: too
    /// short a time leaves a doubt that a person has to settle.
    public var timeout: Double

    /// A server.
    public init(
        host: String, port: Int? = nil, security: Security = .startTLS, user: String? = nil,
        password: MailPassword? = nil, caFile: String? = nil, localName: String? = nil, connectTimeout: Double = 20,
        timeout: Double = 120
    ) {
        self.host = host
        self.port = port ?? security.defaultPort
        self.security = security
        self.user = user
        self.password = password
        self.caFile = caFile
        self.localName = localName
        self.connectTimeout = connectTimeout
        self.timeout = timeout
    }

    /// Refuses what would be another URL, or a password in clear text.
    func check() throws(MailError) {
        guard MailAddress.isDomain(host) else { throw .settings("“\(host)” is no name of a server") }
        guard (1...65_535).contains(port) else { throw .settings("\(port) is no port") }
        guard localName.map({ MailAddress.isDomain($0) }) ?? true else {
            throw .settings("“\(localName ?? "")” is no name of this machine")
        }
        guard connectTimeout > 0, timeout > 0, connectTimeout < 86_400, timeout < 86_400 else {
            throw .settings("a timeout is more than nothing and less than a day")
        }
        guard (user == nil) == (password == nil) else {
            throw .settings("a user needs a password, and a password a user")
        }
        guard user == nil || security != .none else {
            throw .settings("a password is not sent in clear text; set “security” to starttls or smtps")
        }
    }
}

/// A password, which does not show itself in logs, dumps and errors.
public struct MailPassword: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    let text: String

    /// A password.
    public init(_ text: String) { self.text = text }

    /// Not the password.
    public var description: String { "(a password)" }
    /// Not the password.
    public var debugDescription: String { description }
    /// Nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
