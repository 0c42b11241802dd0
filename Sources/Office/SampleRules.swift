/// Which case files are made up (`sample` in `office.yaml`): the office's own procedures, places and codes. Without it they are
/// made of the fields and units of the profile (`CaseSample`).
public struct SampleRules: Codable, Sendable, Equatable {
    /// What stands before the date in a code, `{unit}` for the unit's place in `units` in two digits; nil = `000.00.{unit}.H00`.
    public var code: String?
    /// The streets of addresses; nil = streets that most towns have.
    public var streets: [String]?
    /// What follows the street: `Phường Bến Nghé, Quận 1`; nil = the wards of `units`, or the office's own place.
    public var localities: [String]?
    /// The procedures, each as often as the others; nil = one for each field.
    public var procedures: [Procedure]?

    /// A procedure.
    public struct Procedure: Codable, Sendable, Equatable {
        /// Its field, by its name in `fields`.
        public var field: String
        /// Its name.
        public var name: String
        /// Its term in working days.
        public var days: Int
        /// Who resolves it, by id; nil = any ward of `units`.
        public var unit: String?
        /// Organisations alone apply for it; nil = persons, too.
        public var organisationsOnly: Bool?
    }
}

extension OfficeProfile {
    /// The first part of `sample` that cannot be meant so; nil = there is none.
    func slipInSample() -> String? {
        guard let sample else { return nil }
        for (key, list) in [("streets", sample.streets), ("localities", sample.localities)] where list?.isEmpty ?? false
        {
            return "“sample.\(key)” is empty; leave it out, and Kịp chooses"
        }
        if sample.procedures?.isEmpty ?? false {
            return "“sample.procedures” is empty; leave it out, and each field gets a procedure"
        }
        for procedure in sample.procedures ?? [] {
            let name = "the procedure “\(procedure.name)” of “sample”"
            if !fields.contains(where: { $0.name == procedure.field }) {
                return "\(name) is of the field “\(procedure.field)”, which is none of “fields”"
            }
            if !(1...Term.most).contains(procedure.days) {
                return "\(name) has a term of \(procedure.days) working days, not from 1 to \(Term.most)"
            }
            if let unit = procedure.unit {
                if !units.contains(where: { $0.id == unit }) {
                    return "\(name) names the unit “\(unit)”, which is none of “units”"
                }
            } else if !units.contains(where: { $0.kind == "ward" }) {
                return "\(name) has no “unit”, which means any ward, and “units” has none"
            }
        }
        return nil
    }
}
