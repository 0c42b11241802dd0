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
        if table.encoding != .utf8 { Terminal.say("\(file): chữ được đọc là \(table.encoding.rawValue)") }
        for note in table.notes { Terminal.say("\(file): lưu ý: \(note)") }
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

    private func say(_ lines: [String], more noun: String = "dòng") {
        for line in lines.prefix(Self.most) { Terminal.say(line) }
        if lines.count > Self.most { Terminal.say("… và \(lines.count - Self.most) \(noun) khác") }
    }

    /// The first rows as they were understood.
    func showFirstRows() {
        Terminal.table(
            ["MÃ HỒ SƠ", "TIẾP NHẬN", "HẸN TRẢ", "CÓ KẾT QUẢ", "ĐÃ TRẢ", "HÌNH THỨC", "LĨNH VỰC", "ĐƠN VỊ", "THỦ TỤC"],
            table.cases.prefix(10).map { file in
                [
                    file.code, file.receivedOn.form, file.promisedOn.form, file.resolvedOn?.form ?? "-",
                    file.returnedOn?.form ?? "-", file.channel.rawValue, file.field, file.unit, file.procedure,
                ]
            })
        if table.cases.count > 10 { Terminal.say("… và \(table.cases.count - 10) hồ sơ khác") }
        sayStrangers()
    }

    /// Not one row is a case file.
    var nothingRead: String { "không dòng nào của \(file) nhập được" }

    /// What was, or would be, done.
    func sayCounts(_ count: Register.ImportCount, isTrial: Bool) {
        say(
            count.reopened.map { code in
                "hồ sơ \(code) đã có kết quả mà tệp này không ghi: hồ sơ lại là chưa có kết quả; xem lịch sử bằng “kip cases show "
                    + "\(code)”"
            }, more: "hồ sơ")
        say(
            count.secondPromises.map { code in
                "hồ sơ \(code) có ngày hẹn lại thứ hai; thư đã gửi hẹn ngày thứ nhất, ngày đó giữ nguyên: chỉ được hẹn lại một lần"
            }, more: "hồ sơ")
        Terminal.line(
            (isTrial ? "sẽ là: " : "")
                + "\(count.inserted) hồ sơ mới, \(count.updated) thay đổi, \(count.unchanged) giữ nguyên, "
                + "\(table.rejects.count) dòng không nhập được")
        if isTrial { Terminal.say("chưa nhập gì (--dry-run)") }
    }

    static func sayMerges(_ merges: [CaseMerge]) {
        for merge in merges {
            Terminal.say(
                "hồ sơ \(merge.code) là \(merge.into) viết khác đi: nay là một hồ sơ"
                    + (merge.differed.isEmpty
                        ? ""
                        : "; khác nhau ở \(merge.differed.joined(separator: ", ")), giữ như \(merge.into)")
                    + "; thư giữ mã hồ sơ đã ghi")
        }
    }

    /// Case files of a unit that the office does not have are kept, and remind nobody but who sees to what has no owner.
    func sayStrangers() {
        guard let profile else { return }
        let fields = Set(profile.fields.map { Phrase.normalized($0.name) })
        warn(
            "đơn vị", table.cases.map(\.unit),
            "thêm đơn vị hoặc tên khác (aliases) vào đó, hoặc ghi nghĩa vào caseValues"
        ) {
            profile.unit(named: $0) != nil
        }
        warn(
            "lĩnh vực", table.cases.map(\.field),
            "hồ sơ được tính theo chỉ tiêu 100 % đúng hạn; tên khác thì ghi nghĩa vào caseValues"
        ) { fields.contains(Phrase.normalized($0)) }
    }

    private func warn(_ what: String, _ names: [String], _ advice: String, isKnown: (String) -> Bool) {
        let counts = names.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
        let strangers = counts.keys.filter { !isKnown($0) }.sorted()
        say(
            strangers.map { name in
                "office.yaml không có \(what) “\(name)” (\(counts[name] ?? 0) hồ sơ): \(advice)"
            }, more: what)
    }
}
