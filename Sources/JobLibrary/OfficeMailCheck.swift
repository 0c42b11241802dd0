import Office
import OfficeMail

/// Whether the office's mail would go.
public enum OfficeMailCheck {
    /// Reads the part `mail` of a profile, and greets the mail server where one is named; nothing is sent. It blocks its
    /// thread for at most 10 seconds.
    /// - Parameters:
    ///   - directory: the office's.
    ///   - profile: `office.yaml`.
    /// - Returns: what was found, in words.
    /// - Throws: `OfficeError.profile`, or `MailError` with the server's words.
    public static func run(directory: String, profile: String) throws -> String {
        let part = try OfficeMailPart(directory: directory, profile: profile)
        guard case .smtp(let mailer) = part.route else { return "mail goes into \(directory)/outbox" }
        var server = mailer.transport.server
        server.timeout = min(server.timeout, 10)
        try SMTPTransport(server: server).greet()
        let login = server.user == nil ? "" : " and lets its user in"
        return "the mail server \(server.host):\(server.port) answers\(login)"
    }
}
