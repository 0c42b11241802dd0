import Office

/// What an import of case files tells the clerk. No citizen is named.
struct ImportReport {
    let file: String
    let table: CaseFileTable
    let profile: OfficeProfile?

    /// Of each kind of message at the most so many.
    private static let most = 20

    /// How the file was written, and what of it is bad, strange, or passed over.
    func sayHowItWasRead() {
        if table.encoding != .utf8 { Terminal.say("kip: \(file) was read as \(table.encoding.rawValue)") }
        for sheet in table.sheetsPassedOver {
            Terminal.say("\(file): \(sheet) không có dòng tiêu đề, bỏ qua")
        }
        if let first = table.passedOver.first {
            let lines = table.passedOver.prefix(Self.most).map { "\($0.line)" }.joined(separator: ", ")
            Terminal.say(
                "\(file):\(place(first.line, first.sheet)): \(table.passedOver.count) dòng không phải hồ sơ, bỏ qua (dòng \(lines))"
            )
        }
        for value in table.unknownValues {
            Terminal.say(
                "\(file):\(value.firstLine): \(value.column.rawValue) “\(value.value)” không rõ nghĩa (\(value.rows) dòng"
                    + (value.isRejected ? ", không nhập" : "") + "); ghi nghĩa vào caseValues trong office.yaml")
        }
        say(
            table.rejects.filter { !$0.hasUnknownValue }.map { "\(file):\(place($0.line, $0.sheet)): \($0.reason)" })
        say(table.warnings.map { "\(file):\(place($0.line, $0.sheet)): lưu ý: \($0.text)" })
    }

    private func place(_ line: Int, _ sheet: String?) -> String { sheet.map { "\(line), \($0)" } ?? "\(line)" }

    private func say(_ lines: [String], more noun: String = "more row") {
        for line in lines.prefix(Self.most) { Terminal.say(line) }
        if lines.count > Self.most { Terminal.say("… and \(Terminal.count(lines.count - Self.most, noun))") }
    }

    /// The first rows as they were understood.
    func showFirstRows() {
        Terminal.table(
            ["CODE", "RECEIVED", "PROMISED", "RESOLVED", "RETURNED", "CHANNEL", "FIELD", "UNIT", "PROCEDURE"],
            table.cases.prefix(10).map { file in
                [
                    file.code, file.receivedOn.form, file.promisedOn.form, file.resolvedOn?.form ?? "-",
                    file.returnedOn?.form ?? "-", file.channel.rawValue, file.field, file.unit, file.procedure,
                ]
            })
        if table.cases.count > 10 { Terminal.say("… and \(Terminal.count(table.cases.count - 10, "more case file"))") }
        sayStrangers()
    }

    /// What was, or would be, done.
    func sayCounts(_ count: Register.ImportCount, isTrial: Bool) {
        say(
            count.reopened.map { code in
                "kip: case file \(code) had a result, and this file gives none: it is open again; “kip cases show \(code)” "
                    + "tells its history"
            }, more: "more case file")
        say(
            count.secondPromises.map { code in
                "kip: case file \(code) has a second new date; its letter has promised the first, which stays: a new date is "
                    + "given at most once"
            }, more: "more case file")
        Terminal.line(
            (isTrial ? "would be: " : "")
                + "\(count.inserted) new, \(count.updated) changed, \(count.unchanged) unchanged, \(table.rejects.count) rejected"
        )
        if isTrial { Terminal.say("nothing was imported (--dry-run)") }
    }

    static func sayMerges(_ merges: [CaseMerge]) {
        for merge in merges {
            Terminal.say(
                "kip: case file \(merge.code) is \(merge.into), written otherwise: they are one case file now"
                    + (merge.differed.isEmpty
                        ? ""
                        : "; they differed in \(merge.differed.joined(separator: ", ")), \(merge.into) stays as it was")
                    + "; letters stay with the code that they bear")
        }
    }

    /// Case files of a unit that the office does not have are kept, and remind nobody but who sees to what has no owner.
    func sayStrangers() {
        guard let profile else { return }
        let fields = Set(profile.fields.map { Phrase.normalized($0.name) })
        warn("unit", table.cases.map(\.unit), "name it there, give a unit the alias, or map it in caseValues") {
            profile.unit(named: $0) != nil
        }
        warn(
            "field", table.cases.map(\.field),
            "its files are judged as those of a field of which all must be on time; caseValues maps names"
        ) { fields.contains(Phrase.normalized($0)) }
    }

    private func warn(_ what: String, _ names: [String], _ advice: String, isKnown: (String) -> Bool) {
        let counts = names.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
        let strangers = counts.keys.filter { !isKnown($0) }.sorted()
        say(
            strangers.map { name in
                "kip: office.yaml has no \(what) “\(name)” (\(Terminal.count(counts[name] ?? 0, "case file"))): \(advice)"
            }, more: "more \(what)")
    }
}
