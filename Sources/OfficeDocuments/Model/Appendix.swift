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
        /// What it belongs to, in brackets beneath the title: `Kèm theo Báo cáo số 12/BC-UBND ngày …`; empty = not said.
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
