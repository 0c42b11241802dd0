import Foundation
import Office
import OfficeDocuments
import OfficeMail
import Synchronization

/// What the jobs of an office work with: its register, its profile, its calendar, the way of its mail and its
/// print tray. A worker process installs it once, before it takes jobs.
public struct OfficeSetup: Sendable {
    /// Case files, plan and issued documents.
    public let register: Register
    /// Names, units and rules.
    public let profile: OfficeProfile
    /// What the plan asks for, and what judges it.
    public let targets: TargetList
    /// Working days.
    public let calendar: WorkingCalendar
    /// Where mail goes: to the server that office.yaml names, else into the outbox.
    public let mail: MailRoute
    /// Where mail lies that goes to no server.
    public let outbox: Outbox
    /// Where mail comes back; nil where nobody looks.
    public let bounces: BounceReader?
    /// Where paper goes.
    public let printTray: PrintTray
    /// Held as long as a worker serves the register with this profile; nil = this process runs no jobs of the office.
    private let served: ServedProfile?
    /// The texts of letters: those of the folder `templates`, else Kịp's own.
    public let letterTemplates: LetterTemplates

    /// Opens an office.
    /// - Parameters:
    ///   - directory: holds `office.db`, `outbox`, `sent`, `print` and `templates`; made where it is missing.
    ///   - profile: `office.yaml`; `targets.yaml` stands beside it.
    ///   - daysOff: `days-off.yaml`.
    ///   - isServing: this process runs jobs of the office: it is refused where others do with another profile. Default no.
    /// - Throws: `OfficeError` that names the file, and the line of a text that cannot be used: before anything is numbered.
    public init(
        directory: String, profile: String, daysOff: String, isServing: Bool = false
    ) throws(OfficeError) {
        self.profile = try OfficeProfile.load(path: profile)
        targets = try TargetList.load(beside: profile, self.profile)
        calendar = try WorkingCalendar.load(path: daysOff)
        register = try Register(directory: directory)
        served = isServing ? try ServedProfile(directory: directory, profile: profile, daysOff: daysOff) : nil
        let mail = try OfficeMailPart(directory: directory, profile: profile)
        self.mail = mail.route
        outbox = mail.outbox
        bounces = mail.bounces
        printTray = PrintTray(folder: directory + "/print")
        letterTemplates = try Self.letterTemplates(directory + "/templates")
    }

    private static func letterTemplates(_ folder: String) throws(OfficeError) -> LetterTemplates {
        do {
            return try LetterTemplates { (name) throws(DocumentError) in
                let path = "\(folder)/\(name)"
                guard FileManager.default.fileExists(atPath: path) else { return nil }
                guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
                    throw .template("\(path) cannot be read as UTF-8")
                }
                return (text, path)
            }
        } catch {
            throw .profile("\(error)")
        }
    }

    private static let installed = Mutex<OfficeSetup?>(nil)

    /// Makes an office the one that this process's jobs work for.
    public static func install(_ setup: OfficeSetup) {
        installed.withLock { $0 = setup }
    }

    /// The office of this process.
    /// - Throws: `OfficeError.profile` where none is installed.
    static func current() throws(OfficeError) -> OfficeSetup {
        guard let setup = installed.withLock({ $0 }) else {
            throw .profile("this worker serves no office; start it with KIP_OFFICE and KIP_OFFICE_PROFILE")
        }
        return setup
    }
}
