import Foundation

/// Case files as a table, in CSV or as an XLSX workbook: what could be read, and what could not, with its line and its reason.
public struct CaseFileTable: Sendable {
    /// A row that is not a case file.
    public struct Reject: Sendable, Equatable {
        /// The line of the file, from 1.
        public var line: Int
        /// Why not, in Vietnamese: the clerk reads it.
        public var reason: String
        /// The row's cells.
        public var cells: [String]
    }

    /// The columns, in the order in which Kịp writes them.
    public static let columns = [
        "ma_ho_so", "ten_thu_tuc", "linh_vuc", "don_vi", "nguoi_nop", "dia_chi", "dien_thoai", "email", "hinh_thuc",
        "ngay_tiep_nhan", "ngay_hen_tra", "ngay_co_ket_qua", "ngay_tra", "ly_do_tre", "ngay_hen_lai", "tam_dung_tu",
        "tam_dung_den", "ly_do_tam_dung",
    ]
    private static let required = [
        "ma_ho_so", "ten_thu_tuc", "linh_vuc", "don_vi", "ngay_tiep_nhan", "ngay_hen_tra",
    ]

    /// How its letters were written.
    public let encoding: TextEncoding
    /// The header's cells.
    public private(set) var header: [String] = []
    /// The case files.
    public private(set) var cases: [CaseFile] = []
    /// The rows that are none.
    public private(set) var rejects: [Reject] = []

    /// Reads a file.
    /// - Parameters:
    ///   - names: what the office's own software calls the columns, where it is not `columns`.
    ///   - progress: told how many rows of how many are read, each hundred.
    /// - Throws: `OfficeError.cases` where the file as a whole cannot be used: an encoding that is none, cut off, columns missing.
    public init(
        _ bytes: [UInt8], names: [String: String] = [:], progress: (_ rows: Int, _ total: Int) -> Void = { _, _ in }
    ) throws(OfficeError) {
        let isWorkbook = CaseFileWorkbook.begins(bytes)
        let (text, encoding) = isWorkbook ? ("", .utf8) : try TextEncoding.read(bytes)
        self.encoding = encoding
        let records = isWorkbook ? try CaseFileWorkbook.records(bytes) : try CSVReader.records(text)
        guard let head = records.first else { throw .cases("the file is empty") }
        header = try Self.header(head.cells, names)
        if !isWorkbook, let last = records.last, last.cells.count < header.count {
            throw .cases(
                "the last row, line \(last.line), has \(last.cells.count) of \(header.count) columns: the file was cut "
                    + "off, nothing was imported")
        }
        var seen: [String: Int] = [:]
        for (number, record) in records.dropFirst().enumerated() {
            if number.isMultiple(of: 100) { progress(number, records.count - 1) }
            take(record, &seen)
        }
    }

    /// The columns of a file under Kịp's own names; others keep theirs.
    private static func header(_ cells: [String], _ names: [String: String]) throws(OfficeError) -> [String] {
        var own: [String: String] = [:]
        for (column, name) in names { own[Phrase.normalized(name)] = column }
        let header = cells.map { cell in
            let name = Phrase.normalized(cell)
            return own[name] ?? name
        }
        for column in required where !header.contains(column) {
            let name = names[column] ?? column
            let known = columns.map { names[$0] ?? $0 }.joined(separator: ", ")
            throw .cases("the column “\(name)” is missing; the columns are \(known)")
        }
        if let twice = columns.first(where: { column in header.count { $0 == column } > 1 }) {
            throw .cases("the column “\(names[twice] ?? twice)” stands twice")
        }
        return header
    }

    private mutating func take(_ record: CSVReader.Record, _ seen: inout [String: Int]) {
        do throws(RowError) {
            if let fault = record.fault { throw RowError(fault) }
            guard record.cells.count == header.count else {
                throw RowError("có \(record.cells.count) cột, cần \(header.count) cột")
            }
            let file = try caseFile(record.cells)
            if let line = seen[file.code] { throw RowError("mã hồ sơ trùng với dòng \(line)") }
            seen[file.code] = record.line
            cases.append(file)
        } catch {
            rejects.append(Reject(line: record.line, reason: error.reason, cells: record.cells))
        }
    }

    private struct RowError: Error {
        let reason: String
        init(_ reason: String) { self.reason = reason }
    }

    private func caseFile(_ cells: [String]) throws(RowError) -> CaseFile {
        var values: [String: String] = [:]
        for (name, cell) in zip(header, cells) {
            values[name] = FormulaGuard.unguarded(
                cell.precomposedStringWithCanonicalMapping.trimmingCharacters(in: .whitespacesAndNewlines))
        }
        for column in Self.required where values[column]?.isEmpty ?? true { throw RowError("thiếu \(column)") }
        let received = try date(values, "ngay_tiep_nhan")
        let promised = try date(values, "ngay_hen_tra")
        guard let received, let promised else { throw RowError("thiếu ngày tiếp nhận hoặc ngày hẹn trả") }
        if promised < received { throw RowError("ngày hẹn trả trước ngày tiếp nhận") }
        let resolved = try date(values, "ngay_co_ket_qua")
        if let resolved, resolved < received { throw RowError("ngày có kết quả trước ngày tiếp nhận") }
        let returned = try date(values, "ngay_tra")
        if let returned, let resolved, returned < resolved { throw RowError("ngày trả trước ngày có kết quả") }
        return CaseFile(
            code: try code(values["ma_ho_so"] ?? ""), procedure: values["ten_thu_tuc"] ?? "",
            field: values["linh_vuc"] ?? "", unit: values["don_vi"] ?? "", applicant: values["nguoi_nop"] ?? "",
            address: values["dia_chi"] ?? "", phone: values["dien_thoai"] ?? "", email: values["email"] ?? "",
            channel: try channel(values["hinh_thuc"] ?? ""), receivedOn: received, promisedOn: promised,
            resolvedOn: resolved, returnedOn: returned, delayReason: values["ly_do_tre"] ?? "",
            newPromise: try date(values, "ngay_hen_lai"),
            suspensions: try suspension(values, received).map { [$0] } ?? [])
    }

    /// The latest time in which the clock stood. Earlier ones came with earlier imports.
    private func suspension(_ values: [String: String], _ received: LocalDate) throws(RowError) -> Suspension? {
        let to = try date(values, "tam_dung_den")
        guard let from = try date(values, "tam_dung_tu") else {
            if to != nil { throw RowError("có tam_dung_den mà thiếu tam_dung_tu") }
            return nil
        }
        if from < received { throw RowError("ngày tạm dừng trước ngày tiếp nhận") }
        if let to, to < from { throw RowError("ngày hết tạm dừng trước ngày tạm dừng") }
        return Suspension(from: from, to: to, reason: values["ly_do_tam_dung"] ?? "")
    }

    /// The code is checked loosely: old receipts have other forms.
    private func code(_ text: String) throws(RowError) -> String {
        guard text.count <= 64, !text.contains(where: { $0.isWhitespace || $0.isNewline }),
            text.contains(where: \.isNumber)
        else { throw RowError("ma_ho_so không hợp lệ: một từ có số, tối đa 64 ký tự") }
        return text
    }

    private func channel(_ text: String) throws(RowError) -> CaseFile.Channel {
        if text.isEmpty { return .inPerson }
        guard let channel = CaseFile.Channel(rawValue: Phrase.normalized(text)) else {
            throw RowError("hinh_thuc không phải là trực tiếp, trực tuyến hoặc bưu chính")
        }
        return channel
    }

    /// `dd/MM/yyyy`, with an hour or without, or ISO 8601; empty where it is not known.
    private func date(_ values: [String: String], _ column: String) throws(RowError) -> LocalDate? {
        guard let text = values[column], !text.isEmpty else { return nil }
        let day = text.split(whereSeparator: { $0 == " " || $0 == "T" }).first.map(String.init) ?? ""
        guard let date = LocalDate(vietnamese: day) ?? LocalDate(day) else {
            throw RowError("\(column) không phải là ngày, ví dụ 29/03/2024")
        }
        return date
    }

    /// The rejected rows as a CSV file of the same columns, with the line and the reason.
    public var rejectsFile: String {
        let head = Self.row(header + ["dong", "ly_do_loi"])
        return ([head] + rejects.map { Self.row($0.cells + [String($0.line), $0.reason]) }).joined(separator: "\r\n")
            + "\r\n"
    }

    /// Case files as a CSV file.
    public static func write(_ cases: [CaseFile]) -> String {
        let rows = cases.map { file in
            row([
                file.code, file.procedure, file.field, file.unit, file.applicant, file.address, file.phone, file.email,
                file.channel.rawValue, file.receivedOn.form, file.promisedOn.form, file.resolvedOn?.form ?? "",
                file.returnedOn?.form ?? "", file.delayReason, file.newPromise?.form ?? "",
                file.suspensions.last?.from.form ?? "", file.suspensions.last?.to?.form ?? "",
                file.suspensions.last?.reason ?? "",
            ])
        }
        return ([row(columns)] + rows).joined(separator: "\r\n") + "\r\n"
    }

    private static func row(_ cells: [String]) -> String {
        cells.map(FormulaGuard.guarded).map { cell in
            let isPlain = !cell.contains(where: { $0 == "," || $0 == ";" || $0 == "\"" || $0.isNewline })
            return isPlain ? cell : "\"" + cell.replacingOccurrences(of: "\"", with: "\"\"") + "\""
        }.joined(separator: ",")
    }
}
