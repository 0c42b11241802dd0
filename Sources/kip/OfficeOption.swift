import ArgumentParser
import Foundation
import JobLibrary
import Office

/// Which office a command works on.
struct OfficeOption: ParsableArguments {
    @Option(name: .long, help: "The office's directory (KIP_OFFICE; default ./kip-office).")
    var office: String?

    @Option(name: .long, help: "The office's profile (KIP_OFFICE_PROFILE; default office.yaml in its directory).")
    var profile: String?

    @Option(name: .long, help: "The days off (KIP_DAYS_OFF; default days-off.yaml beside the profile).")
    var daysOff: String?

    /// Opens the office.
    /// - Parameter isServing: to run its jobs. Default no.
    func open(isServing: Bool = false) throws -> OfficeSetup {
        let paths = try paths()
        return try OfficeSetup(
            directory: paths.directory, profile: paths.profile, daysOff: paths.daysOff, isServing: isServing)
    }

    /// Opens the register alone, and makes it where it is missing: for what is imported.
    func register() throws -> Register { try Register(directory: paths().directory) }

    /// Opens the register alone, to read.
    /// - Throws: `Failure` where there is none: a wrong folder must not look like an empty office.
    func existingRegister() throws -> Register {
        _ = try existingPath()
        return try Register(directory: paths().directory)
    }

    /// Where the register is.
    /// - Throws: `Failure` where there is none.
    func existingPath() throws -> String {
        let directory = try paths().directory
        let path = directory + "/office.db"
        guard FileManager.default.fileExists(atPath: path) else {
            throw Failure.noInput("there is no office in \(directory); name its directory with --office or KIP_OFFICE")
        }
        return path
    }

    func paths() throws -> (directory: String, profile: String, daysOff: String) {
        let settings = try Settings.load()
        let directory = settings.text(office, "KIP_OFFICE", "office") ?? "kip-office"
        let profile = settings.text(profile, "KIP_OFFICE_PROFILE", "profile") ?? directory + "/office.yaml"
        let beside = URL(fileURLWithPath: profile).deletingLastPathComponent().appendingPathComponent("days-off.yaml")
        return (directory, profile, settings.text(daysOff, "KIP_DAYS_OFF", "daysOff") ?? beside.relativePath)
    }

    /// - Parameter profile: which is not there.
    /// - Throws: `Failure` if somebody named it.
    func refuseIfNamed(_ profile: String) throws {
        guard try Settings.load().text(self.profile, "KIP_OFFICE_PROFILE", "profile") != nil else { return }
        throw Failure.noInput(
            "\(profile) is not there; name the office's profile with --profile or KIP_OFFICE_PROFILE, or leave that out: "
                + "then the worker serves no office")
    }

    static func date(_ text: String, _ option: String) throws -> LocalDate {
        guard let date = LocalDate(text) ?? LocalDate(vietnamese: text) else {
            throw Failure.usage("\(option) “\(text)” is not a day such as 2024-03-29 or 29/03/2024")
        }
        return date
    }
}
