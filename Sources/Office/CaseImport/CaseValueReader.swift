/// Reads what stands for a few things only: channels, states, and the names of fields and units. Each spelling is looked up
/// once.
struct CaseValueReader {
    private var channels: [String: CaseFile.Channel?] = [:]
    private var states: [String: ReportedState?] = [:]
    private var fields: [String: String] = [:]
    private var units: [String: String] = [:]
    private let knownChannels: [String: CaseFile.Channel]
    private let knownStates: [String: ReportedState]
    private let knownFields: [String: String]
    private let knownUnits: [String: String]

    init(_ rules: CaseImportRules) {
        let values = { (column: CaseColumn) in rules.values[column.rawValue] ?? [:] }
        knownChannels = Self.known(
            CaseFile.Channel.allCases.flatMap { channel in
                ([channel.rawValue] + channel.spellings).map { ($0, channel) }
            },
            values(.channel), CaseFile.Channel.init(rawValue:))
        knownStates = Self.known(
            ReportedState.allCases.flatMap { state in ([state.rawValue] + state.spellings).map { ($0, state) } },
            values(.state), ReportedState.init(rawValue:))
        knownFields = Self.known(
            rules.fields.flatMap { [($0.name, $0.name), ("Lĩnh vực " + $0.name, $0.name)] }, values(.field)
        ) { $0 }
        knownUnits = Self.known(
            rules.units.flatMap { unit in ([unit.name, unit.id] + (unit.aliases ?? [])).map { ($0, unit.name) } },
            values(.unit)
        ) { value in rules.units.first { $0.id == value || $0.name == value }?.name ?? value }
    }

    /// Spellings and what they mean: the office's own word counts before the usual ones.
    private static func known<Value>(
        _ usual: [(String, Value)], _ own: [String: String], _ value: (String) -> Value?
    ) -> [String: Value] {
        var known: [String: Value] = [:]
        for (spelling, meaning) in usual where known[SpellingKey.of(spelling)] == nil {
            known[SpellingKey.of(spelling)] = meaning
        }
        for (spelling, text) in own { known[SpellingKey.of(spelling)] = value(text) }
        return known
    }

    /// Nil = nobody knows what it means.
    mutating func channel(_ text: String) -> CaseFile.Channel? {
        if let known = channels[text] { return known }
        let channel = Self.meaning(text, knownChannels, after: Self.channelLeads)
        channels[text] = .some(channel)
        return channel
    }

    /// Nil = nobody knows what it means.
    mutating func state(_ text: String) -> ReportedState? {
        if let known = states[text] { return known }
        let state = Self.meaning(text, knownStates, after: Self.stateLeads)
        states[text] = .some(state)
        return state
    }

    /// What a text means, also without the words that may stand before it: “Tiếp nhận qua bưu điện”, “Hồ sơ đã trả kết quả”.
    private static func meaning<Value>(_ text: String, _ known: [String: Value], after leads: [String]) -> Value? {
        var key = SpellingKey.of(text)[...]
        while !key.isEmpty {
            if let value = known[String(key)] { return value }
            guard let lead = leads.first(where: key.hasPrefix) else { return nil }
            key = key.dropFirst(lead.count)
        }
        return nil
    }

    private static let channelLeads = [
        "hinhthuc", "phuongthuc", "tiepnhan", "hoso", "nop", "gui", "qua", "tai", "tren", "bang", "hethong", "dichvu",
        "ungdung",
    ]
    private static let stateLeads = ["trangthai", "tinhtrang", "hoso"]

    /// The office's name of a field; a stranger keeps its own.
    mutating func field(_ text: String) -> String { Self.name(text, knownFields, &fields) }

    /// The office's name of a unit; a stranger keeps its own.
    mutating func unit(_ text: String) -> String { Self.name(text, knownUnits, &units) }

    private static func name(_ text: String, _ known: [String: String], _ seen: inout [String: String]) -> String {
        if let name = seen[text] { return name }
        let name = known[SpellingKey.of(text)] ?? text
        seen[text] = name
        return name
    }
}

extension CaseFile.Channel {
    /// Usual spellings, as `SpellingKey` has them. “Bưu chính công ích” is the official name of the post's service (Decision
    /// 45/2016/QĐ-TTg).
    var spellings: [String] {
        switch self {
        case .inPerson:
            [
                "noptructiep", "taiquay", "quay", "motcua", "taimotcua", "bophanmotcua", "taibophanmotcua",
                "tructieptaibophanmotcua", "tructieptaimotcua", "taitrungtamphucvuhanhchinhcong", "nopttructiep",
                "bophantiepnhanvatraketqua", "tructieptaibophantiepnhanvatraketqua", "trungtamphucvuhanhchinhcong",
                "tructieptaitrungtamphucvuhanhchinhcong", "tructieptaiquay", "tructieptaicoquan", "trusocoquan",
                "tructieptaitruso", "truso", "offline",
            ]
        case .online:
            [
                "noptructuyen", "online", "quamang", "dichvucong", "dichvucongtructuyen", "congdichvucong",
                "congdichvucongquocgia", "quacongdichvucong", "dvc", "dvcqg", "dvctt", "tructuyentoantrinh",
                "tructuyenmotphan", "toantrinh", "motphan", "dichvucongquocgia", "congquocgia", "internet", "mang",
                "vneid", "congdichvucongtructuyen", "congdichvucongtinh", "congdichvucongthanhpho", "congdvc",
                "congdvcqg", "congdvcquocgia", "dichvucongtructuyentoantrinh", "dichvucongtructuyenmotphan",
                "dvctructuyen", "dvctoantrinh", "dvcmotphan", "dvctttoantrinh", "dvcttmotphan",
                "thongtingiaiquyetthutuchanhchinh", "thongtingiaiquyettthc", "tructuyenmucdo", "dientu",
            ]
        case .post:
            [
                "buuchinhcongich", "dichvubuuchinhcongich", "quadichvubuuchinhcongich", "quabuuchinhcongich",
                "nopquabuuchinhcongich", "buudien", "quabuudien", "bcci", "dichvubcci", "quadichvubcci", "quabuuchinh",
                "dichvubuuchinh", "quadichvubuuchinh", "nopquabuudien", "buuchinhvietnam", "duongbuudien",
                "duongbuuchinh", "buuta", "chuyenphatnhanh", "vnpost",
            ]
        }
    }
}
