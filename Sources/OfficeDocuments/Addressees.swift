/// The addressees in the decree's form: one on the line of “Kính gửi:”, several in a list whose dashes stand beneath its
/// colon, each with a semicolon, the last with a full stop (Decree 30/2020/NĐ-CP, appendix I).
enum Addressees {
    static let salutation = "Kính gửi:"

    case none
    /// Centred lines, the first with “Kính gửi:”.
    case one([String])
    /// Lines with their dashes and signs.
    case several([String])

    init(_ addressees: [OfficialDocument.Addressee]) {
        switch addressees.count {
        case 0: self = .none
        case 1: self = .one(["\(Self.salutation) \(addressees[0].name)"] + addressees[0].details)
        default:
            self = .several(
                addressees.enumerated().map { index, addressee in
                    var text = ([addressee.name] + addressee.details).joined(separator: ", ")
                    while let last = text.last, ";. ".contains(last) { text.removeLast() }
                    return "- \(text)" + (index == addressees.count - 1 ? "." : ";")
                })
        }
    }

    /// Where “Kính gửi:” and the dashes stand from the left, so that all of it is in the middle of the page.
    static func dashes(_ lines: [String], within width: Double, measure: (String) -> Double) -> (
        salutation: Double, dash: Double
    ) {
        let colon = measure("Kính gửi")
        let widest = lines.map(measure).max() ?? 0
        let start = max(Measures.indent, (width - colon - widest) / 2)
        return (start, start + colon)
    }
}
