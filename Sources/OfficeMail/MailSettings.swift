import Foundation

/// The part `mail` of office.yaml: how mail leaves the house. Without it, messages go into the outbox folder.
///
/// ```yaml
/// mail:
///   server: smtp.quan1.example
///   security: starttls          # or smtps, or none for a server on this machine
///   user: nhac-viec
///   passwordFile: /etc/kip/mail-password
///   from: nhac-viec@quan1.example
///   bounces: /var/mail/nhac-viec
/// ```
public struct MailSettings: Codable, Sendable, Equatable {
    /// The mail server's name; nil is the outbox folder.
    public var server: String?
    /// Its port; nil is 587 with STARTTLS, 465 with SMTPS, 25 with neither.
    public var port: Int?
    /// `starttls` (the default), `smtps` or `none`.
    public var security: SMTPServer.Security?
    /// Who logs in; nil where nobody does.
    public var user: String?
    /// A file with the user's password, which only its owner may read (mode 0600 or 0400).
    public var passwordFile: String?
    /// A file of the certificates (PEM) that are trusted; nil is the system's.
    public var caFile: String?
    /// The name that this machine gives itself; nil is its host name.
    public var localName: String?
    /// The address to which bounces go; nil is each message's sender.
    public var from: String?
    /// A Maildir or a folder of `.eml` files in which bounces arrive; nil where nobody looks for them.
    public var bounces: String?
    /// Seconds until a connection stands; nil is 20.
    public var connectTimeout: Double?
    /// Seconds of the whole conversation; nil is 120.
    public var timeout: Double?

    /// Settings; all may be missing.
    public init() {}

    /// The way of the office's mail.
    /// - Parameters:
    ///   - outbox: where messages go without a server.
    ///   - record: the folder that says what was sent to a server.
    ///   - folder: relative paths begin there.
    /// - Throws: `MailError.settings`.
    public func route(outbox: Outbox, record: String, relativeTo folder: String) throws(MailError) -> MailRoute {
        if let from { try Self.settings { () throws(MailError) in try MailAddress.check(from, "“from”") } }
        guard let server = try server(relativeTo: folder) else { return .outbox(outbox) }
        return .smtp(SMTPMailer(server: server, sender: from, record: record))
    }

    /// The mail server, with its password; nil where there is none.
    /// - Throws: `MailError.settings`, which tells what to mend.
    public func server(relativeTo folder: String) throws(MailError) -> SMTPServer? {
        guard let host = server else { return nil }
        var server = SMTPServer(host: host, port: port, security: security ?? .startTLS, user: user)
        if let passwordFile { server.password = try Self.password(Self.path(passwordFile, in: folder)) }
        if let caFile {
            let path = Self.path(caFile, in: folder)
            guard FileManager.default.isReadableFile(atPath: path) else { throw .settings("\(path) cannot be read") }
            server.caFile = path
        }
        server.localName = localName
        if let connectTimeout { server.connectTimeout = connectTimeout }
        if let timeout { server.timeout = timeout }
        try server.check()
        return server
    }

    /// The bounces; nil where nobody looks for them.
    public func bounceReader(relativeTo folder: String) -> BounceReader? {
        bounces.map { BounceReader(folder: Self.path($0, in: folder)) }
    }

    private static func password(_ path: String) throws(MailError) -> MailPassword {
        let file = FileManager.default
        guard let attributes = try? file.attributesOfItem(atPath: path),
            let mode = attributes[.posixPermissions] as? Int
        else { throw .settings("there is no file \(path) with the password") }
        guard attributes[.type] as? FileAttributeType == .typeRegular else {
            throw .settings("\(path) is no plain file")
        }
        guard mode & 0o077 == 0 else {
            throw .settings("others may read the password in \(path); run chmod 600 on it")
        }
        guard let bytes = file.contents(atPath: path), let text = String(validating: bytes, as: UTF8.self) else {
            throw .settings("\(path) cannot be read, or is no UTF-8")
        }
        let password = text.trimmingCharacters(in: .newlines)
        guard !password.isEmpty, MailHeader.isClean(password) else {
            throw .settings("\(path) is not a password on one line")
        }
        return MailPassword(password)
    }

    private static func path(_ path: String, in folder: String) -> String {
        path.hasPrefix("/") ? path : "\(folder)/\(path)"
    }

    /// What is wrong with an address of the settings is wrong with the settings.
    private static func settings(_ check: () throws(MailError) -> Void) throws(MailError) {
        do {
            try check()
        } catch {
            if case .message(let reason) = error { throw .settings(reason) }
            throw error
        }
    }
}
