extension OfficialDocument {
    /// An appendix (phụ lục), after the signature on pages of its own, which it numbers for itself (Decree 30/2020/NĐ-CP,
    /// appendix I).
    public struct Appendix: Sendable {
        /// How its pages lie. Landscape is for tables that upright paper is too narrow for.
        public enum Orientation: Sendable {
            case portrait, landscape
        }

        /// Beneath “Phụ lục I”, in capitals.
        public var title: String
        /// The form that it follows and its units, in brackets beneath what it belongs to: `Biểu số II.06a/VPCP/KSTT`; empty =
        /// not said.
        public var reference: String
        /// How its pages lie.
        public var orientation: Orientation
        /// What it says.
        public var body: [Block]

        /// An appendix.
        public init(title: String, reference: String = "", orientation: Orientation = .portrait, body: [Block]) {
            self.title = title
            self.reference = reference
            self.orientation = orientation
            self.body = body
        }
    }

    /// What an appendix belongs to, in brackets beneath its title: type, number and symbol, day and agency (Decree
    /// 30/2020/NĐ-CP, appendix I, III.1.c). `(Kèm theo Báo cáo số 12/BC-UBND ngày 05 tháng 4 năm 2024 của …)`.
    var attachment: String {
        let name =
            switch type {
            case .named(let name): name.prefix(1).uppercased() + name.dropFirst().lowercased()
            case .officialLetter: "Công văn"
            }
        return "(Kèm theo \(name) số \(Self.numberText(number, symbol)) \(date.text)"
            + (agencyInText.isEmpty ? ")" : " của \(agencyInText))")
    }

    /// The lines in brackets beneath the title of an appendix.
    func references(_ appendix: Appendix) -> [String] {
        [attachment] + (appendix.reference.isEmpty ? [] : ["(\(appendix.reference))"])
    }

    /// “Phụ lục”, with a Roman number where there are several.
    func appendixName(_ index: Int) -> String {
        if appendices.count == 1 { return "Phụ lục" }
        var rest = index + 1
        var numeral = ""
        for (sign, value) in [("X", 10), ("IX", 9), ("V", 5), ("IV", 4), ("I", 1)] {
            while rest >= value {
                numeral += sign
                rest -= value
            }
        }
        return "Phụ lục \(numeral)"
    }
}
