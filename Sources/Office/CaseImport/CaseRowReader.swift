/// Reads a row of a table as a case file.
struct CaseRowReader {
    /// Why a row is none, in Vietnamese.
    struct Refusal: Error {
        let reason: String
        /// The reason is a value that nobody knows; it is named once for all its rows.
        var value: CaseFileTable.UnknownValue.Name?

        init(_ reason: String, value: CaseFileTable.UnknownValue.Name? = nil) {
            self.reason = reason
            self.value = value
        }
    }

    /// What a row turned out to be.
    enum Outcome {
        case file(CaseFile)
        /// A title, a total, a signature, a row of column numbers: not a word of a case file.
        case noCase
    }

    private let columns: ColumnMap
    private let rules: CaseImportRules
    private let order: DateOrder
    private let from1904: Bool
    private var values: CaseValueReader
    private var texts = [String](repeating: "", count: CaseColumn.allCases.count)
    /// What is strange about the row that was read last.
    private(set) var warnings: [String] = []
    /// A state that nobody knows, of the row that was read last.
    private(set) var unknownState: String?

    /// The day that the code of the row read last bears, if it is of another year than that of receipt.
    private(set) var dayOfOtherYear: LocalDate?
    /// Telephone numbers that have their first zero again.
    private(set) var restoredPhones = 0
    /// Rows that do not say how the case file was handed in.
    private(set) var withoutChannel = 0

    init(_ columns: ColumnMap, _ rules: CaseImportRules, _ order: DateOrder, from1904: Bool) {
        self.columns = columns
        self.rules = rules
        self.order = order
        self.from1904 = from1904
        values = CaseValueReader(rules)
    }

    private subscript(_ column: CaseColumn) -> String { texts[column.place] }

    /// The row's own cells, without empty ones after the header's last.
    mutating func read(_ row: TableRow) throws(Refusal) -> Outcome {
        warnings.removeAll()
        unknownState = nil
        dayOfOtherYear = nil
        fill(row)
        let cellFault = cellFault(row)
        if cellFault.map({ $0.column != columns[.code] }) ?? true, isNoCase(row) { return .noCase }
        if let fault = row.fault { throw Refusal(fault) }
        if let cellFault { throw Refusal("\(cellFault.place) \(cellFault.reason)") }
        let width = columns.cells.count
        if row.cells.count > width, row.cells[width...].contains(where: { !$0.allSatisfy(\.isWhitespace) }) {
            throw Refusal("có \(row.cells.count) cột, cần \(width) cột")
        }
        if let number = longNumber(row) {
            throw Refusal(
                "ô \(number.name) là số quá 15 chữ số, Excel đã làm tròn: định dạng cột là Văn bản (Text), nhập lại từ bản "
                    + "gốc rồi lưu")
        }
        if row.wasMended { warnings.append("chữ bị mã hóa UTF-8 hai lần, đã sửa lại") }
        return .file(try caseFile())
    }

    /// The first cell in a column that is read which shows an error, or a formula.
    private func cellFault(_ row: TableRow) -> TableRow.CellFault? {
        for column in CaseColumn.allCases {
            guard let index = columns[column] else { continue }
            if let fault = row.cellFaults.first(where: { $0.column == index }) { return fault }
            let text = self[column]
            let place = "cột \(column.rawValue)"
            if ErrorValue.isOne(text) {
                let reason = "hiển thị lỗi \(text): \(ErrorValue.advice(on: text))"
                return .init(column: index, place: place, reason: reason)
            }
            if text.utf8.first == UInt8(ascii: "="), row.cells[index].utf8.first == UInt8(ascii: "=") {
                let reason = "là công thức, không phải giá trị: mở tệp bằng Excel, lưu lại rồi nhập lại"
                return .init(column: index, place: place, reason: reason)
            }
        }
        return nil
    }

    /// A rounded number in a column that is read.
    private func longNumber(_ row: TableRow) -> TableRow.LongNumber? {
        row.longNumbers.first { number in CaseColumn.allCases.contains { columns[$0] == number.column } }
    }

    private mutating func fill(_ row: TableRow) {
        for column in CaseColumn.allCases {
            if let index = columns[column], index < row.cells.count {
                texts[column.place] = CellTidying.text(row.cells[index])
            } else {
                texts[column.place] = ""
            }
        }
    }

    /// Rows that programs and people put between and under the case files.
    private func isNoCase(_ row: TableRow) -> Bool {
        if let index = columns[.code], !self[.code].isEmpty, self[.code] == CellTidying.text(columns.cells[index]) {
            return true
        }
        let filled = CaseColumn.allCases.count { !self[$0].isEmpty }
        if filled <= 2 { return isNoCode(self[.code]) && !isDay(.receivedOn) && !isDay(.promisedOn) }
        return filled > 3 && isNumbering()
    }

    private func isDay(_ column: CaseColumn) -> Bool {
        if case .day = CaseDate.read(self[column], order: order, from1904: from1904) { true } else { false }
    }

    /// Whether the text in the place of a code, if there is one, is none.
    private func isNoCode(_ text: String) -> Bool { (try? Self.code(text)) == nil }

    /// `(1)`, `(2)`, … or `1`, `2`, … under the header.
    private func isNumbering() -> Bool {
        guard self[.code].utf8.count <= 4, self[.receivedOn].utf8.count <= 4 else { return false }
        return CaseColumn.allCases.allSatisfy { column in
            let text = self[column].trimmingPrefix("(")
            return text.utf8.count <= 3 && text.allSatisfy { $0 == ")" || $0.isNumber || $0.isLetter }
        } && !self[.code].contains(where: \.isLetter)
    }

    /// In characters: what is longer stands on no letter, and a page is laid out again and again for it.
    private static let longestText = 1_000

    private mutating func caseFile() throws(Refusal) -> CaseFile {
        for column in CaseColumn.allCases where self[column].utf8.count > Self.longestText {
            let count = self[column].count
            guard count > Self.longestText else { continue }
            throw Refusal("\(column.rawValue) dài \(count) ký tự, tối đa \(Self.longestText): rút ngắn rồi nhập lại")
        }
        for column in CaseColumn.required where self[column].isEmpty { throw Refusal("thiếu \(column.rawValue)") }
        try checkTexts()
        let code = try Self.code(self[.code])
        guard let received = try day(.receivedOn), let promised = try day(.promisedOn) else {
            throw Refusal("thiếu ngày tiếp nhận hoặc ngày hẹn trả")
        }
        if promised < received { throw Refusal("ngày hẹn trả trước ngày tiếp nhận") }
        var resolved = try day(.resolvedOn)
        if let resolved, resolved < received { throw Refusal("ngày có kết quả trước ngày tiếp nhận") }
        let returned = try day(.returnedOn)
        if let returned, returned < resolved ?? received {
            throw Refusal(
                resolved == nil ? "ngày trả trước ngày tiếp nhận" : "ngày trả trước ngày có kết quả")
        }
        let suspension = try suspension(received)
        try checkState(resolved, returned, suspension)
        if let returned, resolved == nil {
            // What was handed over was there by then.
            resolved = returned
            warnings.append(
                "có ngày trả mà không có ngày có kết quả: tính ngày có kết quả là ngày trả \(returned.form)")
        }
        if let written = CaseCode.writtenDay(in: code) {
            try Self.checkTurned(received, written)
            if written.year != received.year { dayOfOtherYear = written }
        }
        noteStrangeDays(received, promised, [resolved, returned])
        return CaseFile(
            code: code, procedure: self[.procedure], field: values.field(self[.field]),
            unit: values.unit(self[.unit]), applicant: CitizenTexts.oneLine(self[.applicant]), address: self[.address],
            phone: phone(),
            email: self[.email], channel: try channel(), receivedOn: received, promisedOn: promised,
            resolvedOn: resolved, returnedOn: returned, delayReason: self[.delayReason],
            newPromise: try day(.newPromise), suspensions: suspension.map { [$0] } ?? [])
    }

    private func checkTexts() throws(Refusal) {
        for column in CitizenTexts.printed
        where CitizenTexts.hasLostLetters(self[column], isName: column == .applicant) {
            throw Refusal(
                "\(column.rawValue) mất chữ (dấu “?” hoặc “\u{FFFD}” ở chỗ chữ có dấu): xuất lại tệp từ phần mềm gốc, lưu bằng "
                    + "“CSV UTF-8”")
        }
        for column in [CaseColumn.applicant, .address] where CitizenTexts.isOfOldFont(self[column]) {
            throw Refusal(
                "\(column.rawValue) dùng bảng mã cũ (VNI, TCVN3) hoặc mất chữ có dấu: chuyển sang Unicode bằng UniKey (Ctrl+Shift+F6) "
                    + "hoặc xuất lại tệp từ phần mềm gốc")
        }
        if !self[.applicant].isEmpty, !CitizenTexts.isName(self[.applicant]) {
            throw Refusal("nguoi_nop không có chữ nào, không phải là tên: ghi tên, hoặc để trống nếu chưa biết")
        }
    }

    /// Where the day of receipt is the one that the code bears with day and month exchanged, a program has turned the days of
    /// the row around, and its lateness with them.
    private static func checkTurned(_ received: LocalDate, _ written: LocalDate) throws(Refusal) {
        let (year, month, day) = written.parts
        guard received != written, LocalDate(year: year, month: day, day: month) == received else { return }
        throw Refusal(
            "ngay_tiep_nhan \(received.form) bị đổi chỗ ngày và tháng: mã hồ sơ ghi ngày \(written.form). Có lẽ Excel đã đổi các "
                + "ngày của dòng này: xuất lại từ phần mềm gốc, hoặc sửa ngày trong tệp")
    }

    /// The code is checked loosely: old receipts have other forms.
    private static func code(_ text: String) throws(Refusal) -> String {
        let code = CaseCode.bare(CaseCode.shown(text))
        guard code.count <= 64, !code.contains(where: { $0.isWhitespace || $0.isNewline }),
            code.contains(where: \.isNumber)
        else {
            throw Refusal(
                "ma_ho_so “\(code.prefix(70))” không hợp lệ: viết liền, không có dấu cách, có chữ số, tối đa 64 ký tự")
        }
        if let letter = CaseCode.foreignLetter(in: code) {
            throw Refusal(
                "ma_ho_so “\(code)” có chữ “\(letter)” không phải chữ cái La-tinh, chỉ trông giống: gõ lại mã từ bản gốc"
            )
        }
        if isScientific(code) {
            throw Refusal(
                "ma_ho_so “\(code)” là số mà Excel đã làm tròn: định dạng cột là Văn bản (Text), nhập lại từ bản gốc rồi lưu"
            )
        }
        return code
    }

    /// `1.23457E+17`, as Excel writes long numbers into CSV.
    private static func isScientific(_ text: String) -> Bool {
        guard text.utf8.contains(UInt8(ascii: "+")), let mark = text.firstIndex(where: { $0 == "E" || $0 == "e" })
        else { return false }
        let exponent = text[text.index(after: mark)...]
        return text[..<mark].allSatisfy { $0.isASCIIDigit || $0 == "." || $0 == "," }
            && exponent.hasPrefix("+") && exponent.count > 1 && exponent.dropFirst().allSatisfy(\.isASCIIDigit)
    }

    private mutating func phone() -> String {
        if let phone = CitizenTexts.phone(restored: self[.phone]) {
            restoredPhones += 1
            return phone
        }
        guard Self.isScientific(self[.phone]) else { return self[.phone] }
        warnings.append("dien_thoai là số mà Excel đã làm tròn, bỏ qua số này")
        return ""
    }

    private mutating func channel() throws(Refusal) -> CaseFile.Channel {
        if self[.channel].isEmpty {
            withoutChannel += 1
            return .inPerson
        }
        if let channel = values.channel(self[.channel]) { return channel }
        throw Refusal(
            "hinh_thuc “\(self[.channel].prefix(40))” không phải là trực tiếp, trực tuyến hoặc bưu chính",
            value: .init(column: .channel, value: self[.channel]))
    }

    private func day(_ column: CaseColumn) throws(Refusal) -> LocalDate? {
        switch CaseDate.read(self[column], order: order, from1904: from1904) {
        case .empty: return nil
        case .day(let day): return day
        case .refused(let reason): throw Refusal("\(column.rawValue) \(reason)")
        }
    }

    /// The latest time in which the clock stood. Earlier ones came with earlier imports.
    private func suspension(_ received: LocalDate) throws(Refusal) -> Suspension? {
        let to = try day(.suspendedTo)
        guard let from = try day(.suspendedFrom) else {
            if to != nil { throw Refusal("có tam_dung_den mà thiếu tam_dung_tu") }
            return nil
        }
        if from < received { throw Refusal("ngày tạm dừng trước ngày tiếp nhận") }
        if let to, to < from { throw Refusal("ngày hết tạm dừng trước ngày tạm dừng") }
        return Suspension(from: from, to: to, reason: self[.suspensionReason])
    }

    /// A state that the days do not bear out would make a file late that is not, or the reverse.
    private mutating func checkState(
        _ resolved: LocalDate?, _ returned: LocalDate?, _ suspension: Suspension?
    ) throws(Refusal) {
        let text = self[.state]
        if text.isEmpty { return }
        guard let state = values.state(text) else {
            unknownState = text
            return
        }
        let hasResult = resolved != nil || returned != nil
        switch state {
        case .judged: break
        case .resolved, .returned:
            if !hasResult { throw Refusal("trạng thái “\(text)” mà thiếu ngay_co_ket_qua") }
        case .registered, .refused:
            throw Refusal("trạng thái “\(text)”: hồ sơ không được tiếp nhận thì không nhập; xóa dòng này")
        case .withdrawn:
            if !hasResult {
                throw Refusal("trạng thái “\(text)” mà thiếu ngày rút: ghi ngày rút vào ngay_co_ket_qua")
            }
        case .declined:
            if !hasResult {
                throw Refusal("trạng thái “\(text)” mà thiếu ngày từ chối: ghi ngày đó vào ngay_co_ket_qua")
            }
        case .processing:
            if hasResult { warnings.append("trạng thái “\(text)” mà đã có ngày có kết quả") }
        case .awaitingPapers, .awaitingPayment, .stopped:
            if suspension == nil, !hasResult {
                warnings.append(
                    "trạng thái “\(text)” mà thiếu tam_dung_tu: thời hạn vẫn tính, hồ sơ có thể bị coi là quá hạn")
            }
        }
    }

    /// Days that are possible, and mostly slips: of the year above all, which hide that a file is late.
    private mutating func noteStrangeDays(_ received: LocalDate, _ promised: LocalDate, _ happened: [LocalDate?]) {
        if let year = rules.lastKnownYear {
            let latest = ([received, promised] + happened.compactMap { $0 }).max() ?? promised
            if latest.year > year {
                warnings.append("ngày \(latest.form) sau năm \(year), năm cuối có lịch nghỉ; kiểm tra lại năm")
            }
        }
        if let day = ([received] + happened.compactMap { $0 }).first(where: { $0 > rules.today }) {
            warnings.append("ngày \(day.form) chưa đến mà đã có việc; kiểm tra lại năm")
        }
        let days = promised.number - received.number
        if days > 366 { warnings.append("hẹn trả sau ngày tiếp nhận \(days) ngày; kiểm tra lại năm") }
    }
}
