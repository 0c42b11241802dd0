import Office
import OfficeDocuments

extension CaseFile {
    /// The missing data, and the characters that no font can print, that prevent a letter about the file from being numbered. The
    /// texts are Vietnamese, for the clerk's list, and contain no personal data.
    /// - Throws: `DocumentError.noFont`.
    func lacksForLetter(
        asOf date: LocalDate, _ calendar: WorkingCalendar, promise: Int
    ) throws(DocumentError) -> [String] {
        var lacks = missingForLetter(asOf: date, calendar: calendar, promise: promise)
        let texts = [
            ("họ tên hoặc tên tổ chức", applicant), ("địa chỉ", address), ("điện thoại", phone), ("mã hồ sơ", code),
            ("tên thủ tục", procedure), ("lĩnh vực", field), ("đơn vị", unit), ("lý do trễ hạn", delayReason),
        ]
        for (what, text) in texts {
            let undrawable = try DocumentText.undrawable(in: text)
            let turning = undrawable.filter(DocumentText.isDirectional)
            let boxes = undrawable.filter { !DocumentText.isDirectional($0) }
            if !turning.isEmpty { lacks.append("\(what) không có ký tự ẩn đảo chiều chữ (\(Self.codes(turning)))") }
            if !boxes.isEmpty { lacks.append("\(what) viết bằng ký tự in được (không in được \(Self.codes(boxes)))") }
        }
        return lacks
    }

    /// `U+202E U+1F600`: the first few, by number, as the characters may be part of a name.
    private static func codes(_ scalars: [Unicode.Scalar]) -> String {
        let codes = scalars.prefix(5).map { scalar in
            let digits = String(scalar.value, radix: 16, uppercase: true)
            return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        }
        return (codes + (scalars.count > 5 ? ["…"] : [])).joined(separator: " ")
    }
}
