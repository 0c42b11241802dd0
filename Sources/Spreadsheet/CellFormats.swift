import CXlsxWriter

/// How a cell looks.
struct CellLook: Hashable {
    enum Role: Hashable {
        case heading(isCentered: Bool), title(isCentered: Bool), header, plain, emphasized, total, note
    }

    enum Number: Hashable {
        case text, integer, percent, date
        case decimal(digits: Int)
    }

    var role: Role
    var number = Number.text

    init(_ role: Role, _ number: Number = .text) {
        self.role = role
        self.number = number
    }
}

extension Sheet.Column.Kind {
    var number: CellLook.Number {
        switch self {
        case .text: .text
        case .integer: .integer
        case .decimal(let digits): .decimal(digits: digits)
        case .percent: .percent
        case .date: .date
        }
    }
}

extension CellLook.Number {
    /// The code of the format (ECMA-376 part 1, 18.8.31). `,` and `.` stand for the separators of the reader's settings.
    var code: String {
        switch self {
        case .text: "@"
        case .integer: "#,##0"
        case .decimal(let digits): "#,##0." + String(repeating: "0", count: digits)
        case .percent: "0.0%"
        case .date: "dd/mm/yyyy"
        }
    }
}

/// The formats of a workbook that is being written, each made once.
struct CellFormats {
    /// The font of official documents (Decree 30/2020/NĐ-CP, annex I).
    static let font = "Times New Roman"
    static let headerGrey: lxw_color_t = 0xD9D9D9

    private let workbook: UnsafeMutablePointer<lxw_workbook>
    private var made: [CellLook: UnsafeMutablePointer<lxw_format>] = [:]

    init(_ workbook: UnsafeMutablePointer<lxw_workbook>) { self.workbook = workbook }

    /// Nil = there is no memory; the library takes that for its default.
    mutating func format(_ look: CellLook) -> UnsafeMutablePointer<lxw_format>? {
        if let format = made[look] { return format }
        guard let format = workbook_add_format(workbook) else { return nil }
        format_set_font_name(format, Self.font)
        format_set_font_size(format, 12)
        // Without a theme's scheme, whose font would replace this one.
        format_set_font_scheme(format, "")
        format_set_text_wrap(format)
        format_set_align(format, UInt8(LXW_ALIGN_VERTICAL_CENTER.rawValue))
        setRole(look.role, format)
        if look.role.isOfTable { setNumber(look.number, format) }
        made[look] = format
        return format
    }

    private func setRole(_ role: CellLook.Role, _ format: UnsafeMutablePointer<lxw_format>) {
        switch role {
        case .heading(let isCentered):
            format_set_bold(format)
            format_set_font_size(format, 14)
            if isCentered { format_set_align(format, UInt8(LXW_ALIGN_CENTER.rawValue)) }
        case .title(let isCentered):
            if isCentered { format_set_align(format, UInt8(LXW_ALIGN_CENTER.rawValue)) }
        case .header:
            format_set_bold(format)
            format_set_align(format, UInt8(LXW_ALIGN_CENTER.rawValue))
            format_set_bg_color(format, Self.headerGrey)
        case .emphasized, .total: format_set_bold(format)
        case .note: format_set_italic(format)
        case .plain: break
        }
        if role.isOfTable || role == .header { format_set_border(format, UInt8(LXW_BORDER_THIN.rawValue)) }
        if role == .total { format_set_top(format, UInt8(LXW_BORDER_MEDIUM.rawValue)) }
    }

    private func setNumber(_ number: CellLook.Number, _ format: UnsafeMutablePointer<lxw_format>) {
        format_set_num_format(format, number.code)
        switch number {
        case .text: break
        case .date: format_set_align(format, UInt8(LXW_ALIGN_CENTER.rawValue))
        case .integer, .decimal, .percent: format_set_align(format, UInt8(LXW_ALIGN_RIGHT.rawValue))
        }
    }
}

extension CellLook.Role {
    /// A cell of the table, with a border and its column's number format.
    var isOfTable: Bool { self == .plain || self == .emphasized || self == .total }
}
