import ArgumentParser
import Office
import Spreadsheet

struct PlanImport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Import a plan: YAML, or the original document as Word (.docx) or Markdown (.md).",
        discussion: """
            Of a document the tables are read whose header names the tasks (nhiệm vụ, nội dung), who leads (chủ trì) and the \
            time (thời gian). A time means its last day: “quý I” is 31 March, “trước ngày 15/6” is 14 June. What is not \
            wholly understood is named, and is not reminded until the office gives its date (plan.confirmedSuspects in \
            office.yaml).

              kip plan import ke-hoach.docx --dry-run

            --dry-run shows each time in the plan's words beside the dates that are read from it, and changes nothing.
            """)
    @Argument(help: "The file.")
    var file: String
    @Flag(name: .long, help: "Show the times with the dates that are read from them, and change nothing.")
    var dryRun = false
    @OptionGroup var officeOption: OfficeOption

    func run() async throws {
        let plan = try PlanFile.read(file)
        if dryRun {
            showDates(plan)
            sayDoubts(try officeOption.profileIfThere().map(plan.confirmed) ?? plan)
            return Terminal.say("nothing was changed; without --dry-run \(count(plan)) would be imported")
        }
        let office = try officeOption.open()
        try office.register.importPlan(plan)
        Terminal.line("plan \(plan.plan): \(count(plan))")
        sayDoubts(plan.confirmed(by: office.profile))
        let stale = plan.staleRecords(try office.register.milestoneRecords(), profile: office.profile)
        if !stale.isEmpty {
            let ids = Set(stale.map(\.milestone)).sorted().joined(separator: ", ")
            Terminal.say("kip: what was said of \(ids) holds no more: the plan gives them another date now")
        }
        for stray in Plan.strayConfirmations(try office.register.plans(), office.profile) {
            Terminal.say("kip: plan.confirmedSuspects names “\(stray)”, which is no doubtful milestone")
        }
        let unresolved = Directory(office.profile).unresolved(in: plan)
        if unresolved.isEmpty { return }
        Terminal.say(
            "\(unresolved.count == 1 ? "1 owner has" : "\(unresolved.count) owners have") words that mean nobody in the "
                + "profile; “kip plan owners” shows them:")
        for phrase in unresolved { Terminal.say("  \(phrase)") }
    }

    private func count(_ plan: Plan) -> String {
        Terminal.count(plan.tasks.count, "task") + ", "
            + Terminal.count(plan.tasks.flatMap(\.milestones).count, "milestone")
    }

    private func showDates(_ plan: Plan) {
        Terminal.table(
            ["TASK", "TIME", "MEANS", "WHAT"],
            plan.tasks.flatMap { task in
                task.milestones.enumerated().map { index, milestone in
                    [
                        index == 0 ? task.id : "", index == 0 ? task.deadline : "", Self.meaning(milestone),
                        milestone.what ?? "",
                    ]
                }
            })
    }

    private static func meaning(_ milestone: Milestone) -> String {
        let doubt = milestone.suspect == nil ? "" : " ?"
        switch milestone.kind {
        case .by:
            let from = milestone.from.map { "\($0.form) – " } ?? ""
            return (milestone.due.map { from + $0.form } ?? "no date") + doubt
        case .ongoing: return "all the time" + doubt
        case .onEvent: return "when it happens" + doubt
        }
    }

    /// What the office is asked about, by task.
    private func sayDoubts(_ plan: Plan) {
        let doubts = plan.tasks.flatMap { task in
            task.milestones.enumerated().filter { $0.element.suspect != nil }.map { (task, $0.offset + 1, $0.element) }
        }
        guard !doubts.isEmpty else { return }
        Terminal.say(
            "kip: \(Terminal.count(doubts.count, "milestone")) \(doubts.count == 1 ? "is" : "are") doubtful and not reminded "
                + "until plan.confirmedSuspects in office.yaml gives the date:")
        for (task, number, milestone) in doubts {
            let id = task.milestones.count == 1 ? task.id : "\(task.id)/\(number)"
            let due = milestone.due.map { ", perhaps \($0.form)" } ?? ""
            Terminal.say("  \(id) “\(task.deadline)”: \(milestone.suspect ?? "")\(due)")
        }
    }
}

/// A plan's file, in the form that it has.
enum PlanFile {
    /// - Throws: `Failure` that says what to do.
    static func read(_ path: String) throws -> Plan {
        let name = path.lowercased()
        let bytes = try Input.read(path)
        do {
            // A zip file, or the container of old .doc files, of which the reader says what to do.
            if bytes.starts(with: [0x50, 0x4B]) || bytes.starts(with: [0xD0, 0xCF, 0x11, 0xE0]) {
                return try Plan.parse(PlanDocument(word: bytes))
            }
            if bytes.starts(with: Array("%PDF".utf8)) {
                throw OfficeError.plan(
                    "it is a PDF, whose tables cannot be read; open it with Word, and save it as .docx")
            }
            let text = try Input.text(path)
            if [".md", ".markdown", ".txt"].contains(where: name.hasSuffix) {
                return try Plan.parse(PlanDocument(markdown: text))
            }
            return try Plan.parse(yaml: text)
        } catch let error as OfficeError {
            let isText = name.hasSuffix(".txt")
            throw Failure.data(
                "\(path): \(error)"
                    + (isText ? "; a plain text has lost its tables: import the .docx that it came from" : ""))
        } catch let error as SpreadsheetError {
            throw Failure.data("\(path): \(error)")
        }
    }
}
