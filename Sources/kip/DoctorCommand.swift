import ArgumentParser
import DurableFiles
import Foundation
import KipClient
import JobLibrary
import KipStore
import Office
import OfficeMail

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Check the installation, and say what to mend.",
        discussion: """
            It changes nothing, and runs beside a broker. The mail server of office.yaml is greeted and logged in to; \
            nothing is sent. Exit code 70 where something is bad.
            """)
    @Flag(name: .long, help: "Print an object for each finding.")
    var json = false
    @OptionGroup var directory: DataOption
    @OptionGroup var journalOption: JournalOption
    @OptionGroup var brokerOption: BrokerOption
    @OptionGroup var officeOption: OfficeOption

    func run() async throws {
        var findings: [Finding] = []
        let place = try directory.path()
        let journal = try journalOption.path(in: place)
        findings += Self.folder(place)
        findings += Self.database(place, journal)
        findings += Self.keys(place + "/keys")
        findings += Self.owners(place, journal)
        findings += Self.machine(place)
        findings += await broker()
        findings += try office()
        for finding in findings {
            if json { try Terminal.json(finding) } else { Terminal.line("\(finding.mark)  \(finding.text)") }
        }
        let bad = findings.filter { $0.grade == .bad }.count
        if bad > 0 { throw Failure.software("\(bad == 1 ? "1 thing is" : "\(bad) things are") to be mended") }
    }

    private struct Finding: Encodable {
        enum Grade: String, Encodable { case good, warning, bad }
        var grade: Grade
        var text: String

        var mark: String {
            switch grade {
            case .good: "ok  "
            case .warning: "warn"
            case .bad: "BAD "
            }
        }
    }

    private static func folder(_ path: String) -> [Finding] {
        var status = stat()
        guard stat(path, &status) == 0 else {
            return [Finding(grade: .warning, text: "\(path) is not there; “kip broker --data \(path)” makes it")]
        }
        if status.st_mode & 0o077 != 0 {
            return [Finding(grade: .bad, text: "\(path) can be read by others: chmod 700 \(path)")]
        }
        return [Finding(grade: .good, text: "\(path) is its owner's alone")]
    }

    private static func database(_ place: String, _ journal: String) -> [Finding] {
        guard FileManager.default.fileExists(atPath: place + "/kip.db") else { return [] }
        do {
            let look = try Inspection(directory: place, journal: journal)
            var findings: [Finding] = []
            if let damage = look.damage {
                findings.append(
                    Finding(
                        grade: .bad,
                        text: "\(place)/kip.db is damaged (\(damage)): stop the broker, keep it, “kip restore”"))
            } else {
                findings.append(
                    Finding(
                        grade: .good,
                        text: "\(place)/kip.db is sound: \(Terminal.count(look.jobs, "job")), \(look.bytes >> 10) KiB"))
            }
            switch look.standing {
            case .same: findings.append(Finding(grade: .good, text: "the journal outside tells the same"))
            case .fileBehind(let lines):
                findings.append(
                    Finding(
                        grade: .warning,
                        text:
                            "the journal outside lacks \(Terminal.count(lines.count, "commit")); the broker's next start adds them"
                    ))
            case .databaseBehind(let lines):
                findings.append(
                    Finding(
                        grade: .bad,
                        text:
                            "the database is \(Terminal.count(lines.count, "commit")) older than its journal: “kip restore --reconcile”"
                    ))
            case .fileAsOld:
                findings.append(
                    Finding(
                        grade: .bad,
                        text:
                            "the journal is as old as the restored database and proves nothing: “kip restore --reconcile”"
                    ))
            case .commitsMissing:
                findings.append(
                    Finding(
                        grade: .bad,
                        text:
                            "the database lacks commits that were on disk (was kip.db-wal removed?): put the files back, or “kip restore --reconcile”"
                    ))
            case .fileMissing:
                findings.append(
                    Finding(
                        grade: .bad,
                        text:
                            "there is no journal at \(journal), and the database has one: put it back, name its place (--journal), or “kip restore --reconcile”"
                    ))
            }
            return findings
        } catch {
            return [Finding(grade: .bad, text: "\(error)")]
        }
    }

    private static func keys(_ folder: String) -> [Finding] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        if names.isEmpty { return [] }
        let open = names.filter { name in
            var status = stat()
            return stat(folder + "/" + name, &status) == 0 && status.st_mode & 0o077 != 0
        }
        if open.isEmpty {
            return [
                Finding(grade: .good, text: "\(folder): \(Terminal.count(names.count, "file")), their owner's alone")
            ]
        }
        return open.map {
            Finding(grade: .bad, text: "\(folder)/\($0) can be read by others: chmod 600, and make new keys")
        }
    }

    /// Root's commands and the service's user lock each other out where a file is another's than its directory.
    private static func owners(_ place: String, _ journal: String) -> [Finding] {
        let names = (try? FileManager.default.subpathsOfDirectory(atPath: place)) ?? []
        let paths = Set(names.map { place + "/" + $0 } + [journal]).sorted()
        let foreign = paths.compactMap { path in FileOwnership.mismatch(path).map { (path, $0) } }
        guard let (path, owners) = foreign.first else { return [] }
        let others = foreign.count > 1 ? " (and \(Terminal.count(foreign.count - 1, "other file")))" : ""
        return [
            Finding(
                grade: .bad,
                text: "\(path)\(others) belongs to the user \(owners.file), its directory to \(owners.directory): "
                    + "chown \(owners.directory) \(path)")
        ]
    }

    private static func machine(_ place: String) -> [Finding] {
        var findings: [Finding] = []
        var space = statvfs()
        if statvfs(place, &space) == 0 {
            let free = (Int(space.f_bavail) * Int(space.f_frsize)) >> 20
            let grade: Finding.Grade = free < 256 ? .bad : free < 1_024 ? .warning : .good
            findings.append(
                Finding(
                    grade: grade, text: "\(free) MiB are free beside \(place)" + (grade == .good ? "" : ": make room")))
        }
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            let few = limit.rlim_cur < 4_096
            findings.append(
                Finding(
                    grade: few ? .warning : .good,
                    text: "\(limit.rlim_cur) open files are allowed here"
                        + (few ? ": a broker of many workers needs more (ulimit -n)" : "")))
        }
        return findings
    }

    private func broker() async -> [Finding] {
        do {
            let client = try brokerOption.client()
            let (version, malformed) = try await client.ping()
            let note = malformed > 0 ? ", \(Terminal.count(malformed, "malformed message")) since it started" : ""
            let answers = Finding(
                grade: .good, text: "a broker \(version) answers at \(try brokerOption.endpoint())\(note)")
            return [answers] + (await Self.standing(client))
        } catch {
            return [Finding(grade: .warning, text: "\(error)")]
        }
    }

    /// Whether the broker hands out, and what waits that no worker takes.
    private static func standing(_ client: KipClient) async -> [Finding] {
        // A key may not be allowed to ask.
        guard let overview = try? await client.overview() else { return [] }
        var findings: [Finding] = []
        if let reason = overview.heldBecause {
            findings.append(Finding(grade: .bad, text: "the broker hands nothing out: \(reason)"))
        }
        findings += overview.unserved.map { lane in
            let jobs = Terminal.count(lane.waiting, "job") + (lane.waitingIsMore ? " or more" : "")
            return Finding(
                grade: .warning,
                text: "no connected worker takes the kind “\(lane.kind)” of the queue “\(lane.queue)”, where \(jobs) "
                    + "\(lane.waiting == 1 ? "waits" : "wait"), since \(Figures.duration(milliseconds: lane.oldestWaiting))"
            )
        }
        return findings
    }

    private func office() throws -> [Finding] {
        let paths = try officeOption.paths()
        guard FileManager.default.fileExists(atPath: paths.profile) else { return [] }
        do {
            _ = try WorkingCalendar.load(path: paths.daysOff)
            _ = try TargetList.load(beside: paths.profile, try OfficeProfile.load(path: paths.profile))
            let good = Finding(grade: .good, text: "\(paths.profile) and \(paths.daysOff) can be read")
            return [good, Self.mail(paths.directory, paths.profile)]
        } catch {
            return [Finding(grade: .bad, text: "\(error)")]
        }
    }

    private static func mail(_ directory: String, _ profile: String) -> Finding {
        do {
            return Finding(grade: .good, text: try OfficeMailCheck.run(directory: directory, profile: profile))
        } catch let error as MailError where error.isTemporary {
            return Finding(grade: .warning, text: "mail: \(error)")
        } catch {
            return Finding(grade: .bad, text: "mail: \(error)")
        }
    }
}
