import Spreadsheet

/// What a clerk is told of a file that cannot be read, in the language of the messages about rows.
extension SpreadsheetError {
    /// What the file is, and what to do. What only a programmer understands stands in brackets.
    var clerkText: String {
        switch self {
        case .notAWorkbook(let reason):
            Self.reasons[reason].map { "\($0); chưa nhập gì" }
                ?? "tệp không phải là bảng tính đọc được [\(reason)]: có thể bị cắt cụt hoặc hỏng; chép hoặc tải lại tệp, hoặc "
                + "mở bằng Excel rồi \(Self.saving); chưa nhập gì"
        case .notADocument(let reason): "tệp không phải là văn bản Word (.docx) đọc được [\(reason)]; chưa nhập gì"
        case .protected: "tệp Excel có mật khẩu: mở bằng Excel, bỏ mật khẩu rồi lưu lại; chưa nhập gì"
        case .otherFormat(let format):
            "tệp là \(Self.formats[format] ?? format), Kịp không đọc được: mở tệp rồi \(Self.saving); chưa nhập gì"
        case .packed(let program): "tệp bị nén (\(program)): giải nén rồi nhập tệp ở bên trong; chưa nhập gì"
        case .tooLarge(let reason): "tệp quá lớn [\(reason)]: chia thành nhiều tệp; chưa nhập gì"
        case .noSheet(let name?, let there):
            "tệp không có trang “\(name)”; các trang là \(there.map { "“\($0)”" }.joined(separator: ", ")); chưa nhập gì"
        case .noSheet(nil, _): "tệp Excel không có trang nào đang hiện; chưa nhập gì"
        case .damaged(let part, let row, let reason):
            "tệp bị hỏng hoặc bị cắt cụt ở “\(part)”\(row.map { ", dòng \($0)" } ?? "") [\(reason)]: mở bằng Excel rồi "
                + "\(Self.saving), hoặc xuất lại; chưa nhập gì"
        case .notWritten(let reason): "không ghi được bảng tính [\(reason)]"
        }
    }

    private static let saving = "lưu thành (Save As) .xlsx"

    private static let reasons = [
        "it holds zeros only, it was not copied whole":
            "tệp chỉ gồm byte 0, chưa được chép trọn: chép hoặc tải lại tệp",
        "it is a zip file of other things":
            "tệp là tệp nén .zip, không phải bảng tính: giải nén rồi nhập tệp ở bên trong",
        "it is another kind of office file":
            "tệp là tài liệu Office loại khác, không phải bảng tính: xuất danh sách hồ sơ ra .xlsx hoặc CSV",
        "it is a web page without a table":
            "tệp là trang web không có bảng nào: xuất lại danh sách hồ sơ từ phần mềm gốc",
    ]

    private static let formats = [
        "an XML spreadsheet of 2003": "bảng tính XML 2003 (XML Spreadsheet 2003)",
        "an old .xls workbook": "tệp Excel cũ (.xls 97–2003)", "a web archive (.mht)": "trang web đóng gói (.mht)",
        "a document in RTF": "văn bản RTF", "a PDF": "tệp PDF", "an OpenDocument file": "tệp OpenDocument (.ods)",
        "a binary .xlsb workbook": "tệp Excel nhị phân (.xlsb)", "a picture": "ảnh",
        "a web page under the name of a workbook": "trang web",
    ]
}
