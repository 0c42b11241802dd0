import CheckedYAML
import Foundation
import Office
import OfficeMail

/// The part `mail` of office.yaml: the way of the office's mail, and where it comes back.
struct OfficeMailPart {
    /// Without a word, the outbox.
    let route: MailRoute
    /// Where messages lie without a server.
    let outbox: Outbox
    /// Nil where nobody looks.
    let bounces: BounceReader?

    /// Whatever else stands there the profile reads.
    private struct Part: Decodable {
        var mail: MailSettings?
    }

    /// Reads it.
    /// - Parameters:
    ///   - directory: the office's; `outbox` and `sent` stand there.
    ///   - profile: `office.yaml`, beside which relative paths begin.
    /// - Throws: `OfficeError.profile`.
    init(directory: String, profile: String) throws(OfficeError) {
        do {
            let text = try String(contentsOfFile: profile, encoding: .utf8)
            let settings = try CheckedYAML.decode(Part.self, from: text).mail ?? MailSettings()
            try CheckedYAML.refuseStrangers(in: text, under: "mail", knowing: settings)
            let folder = URL(fileURLWithPath: profile).deletingLastPathComponent().path
            outbox = Outbox(folder: directory + "/outbox")
            route = try settings.route(
                outbox: outbox, record: directory + "/sent", relativeTo: folder)
            bounces = settings.bounceReader(relativeTo: folder)
        } catch {
            throw .profile("\(profile): mail: \(error)")
        }
    }
}
