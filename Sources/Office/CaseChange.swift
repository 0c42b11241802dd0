/// What an import changed in a case file, as its history has it. What a person is called and where they live is not in it:
/// only that it changed.
public struct CaseChange: Sendable, Equatable, Codable {
    /// The column, by Kịp's name.
    public var column: String
    /// What it was; nil = empty, or of a person.
    public var old: String?
    /// What it is; nil = empty, or of a person.
    public var new: String?

    /// A change.
    public init(_ column: String, old: String?, new: String?) {
        self.column = column
        self.old = old
        self.new = new
    }

    /// What differs between two states of a case file, in the order of the columns.
    public static func between(_ old: CaseFile, _ new: CaseFile) -> [CaseChange] {
        var changes: [CaseChange] = []
        func compare(_ column: String, _ value: (CaseFile) -> String?) {
            if value(old) != value(new) { changes.append(CaseChange(column, old: value(old), new: value(new))) }
        }
        func hide(_ column: String, _ value: (CaseFile) -> String) {
            if value(old) != value(new) { changes.append(CaseChange(column, old: nil, new: nil)) }
        }
        compare("ten_thu_tuc") { $0.procedure }
        compare("linh_vuc") { $0.field }
        compare("don_vi") { $0.unit }
        hide("nguoi_nop") { $0.applicant }
        hide("dia_chi") { $0.address }
        hide("dien_thoai") { $0.phone }
        hide("email") { $0.email }
        compare("hinh_thuc") { $0.channel.rawValue }
        compare("ngay_tiep_nhan") { $0.receivedOn.description }
        compare("ngay_hen_tra") { $0.promisedOn.description }
        compare("ngay_co_ket_qua") { $0.resolvedOn?.description }
        compare("ngay_tra") { $0.returnedOn?.description }
        compare("ly_do_tre") { $0.delayReason.isEmpty ? nil : $0.delayReason }
        compare("ngay_hen_lai") { $0.newPromise?.description }
        compare("tam_dung") { file in
            file.suspensions.isEmpty
                ? nil : file.suspensions.map { "\($0.from)–\($0.to?.description ?? "")" }.joined(separator: ", ")
        }
        return changes
    }
}

/// A line of a case file's history.
public struct CaseHistoryLine: Sendable, Equatable, Codable {
    /// When it was written: ISO 8601, UTC.
    public var at: String
    /// What changed.
    public var changes: [CaseChange]

    /// A line.
    public init(at: String, changes: [CaseChange]) {
        self.at = at
        self.changes = changes
    }
}

extension Register {
    static let caseHistoryTable = """
        CREATE TABLE case_history (
            number INTEGER NOT NULL PRIMARY KEY, code TEXT NOT NULL, at TEXT NOT NULL, changes TEXT NOT NULL
        ) STRICT;
        CREATE INDEX case_history_by_code ON case_history (code);
        UPDATE case_files SET file = json_set(file, '$.suspensions', json('[]'));
        """
}
