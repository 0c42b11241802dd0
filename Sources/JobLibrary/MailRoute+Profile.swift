import CheckedYAML
import Foundation
import Office
import OfficeMail

/// The part `mail` of office.yaml.
private struct MailPart: Decodable {
    var mail: MailSettings?
}

extension MailRoute {
    /// The way of an office's mail, as its profile says; without a word, the outbox.
    /// - Parameters:
    ///   - directory: the office's; `outbox` and `sent` stand there.
    ///   - profile: `office.yaml`, beside which relative paths begin.
    /// - Throws: `OfficeError.profile`.
    static func of(directory: String, profile: String) throws(OfficeError) -> MailRoute {
        do {
            let text = try String(contentsOfFile: profile, encoding: .utf8)
            let settings = try CheckedYAML.decode(MailPart.self, from: text).mail ?? MailSettings()
            return try settings.route(
                outbox: Outbox(folder: directory + "/outbox"), record: directory + "/sent",
                relativeTo: URL(fileURLWithPath: profile).deletingLastPathComponent().path)
        } catch {
            throw .profile("\(profile): mail: \(error)")
        }
    }
}
