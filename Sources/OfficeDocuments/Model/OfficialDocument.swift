/// An official document, before it is laid out: the parts that Decree 30/2020/NĐ-CP, appendix I, names.
public struct OfficialDocument: Sendable {
    /// The agency above, in capitals. Where it needs two lines, `\n` says where; else the break stands before the name of
    /// the place.
    public var superiorAgency: String
    /// The agency that issues, in capitals; breaks as in `superiorAgency`.
    public var agency: String
    /// The agency within a sentence, for what its appendices belong to; empty = they do not name it.
    public var agencyInText: String
    /// The number; nil before it is issued.
    public var number: Int?
    /// What follows the number: `PXL-UBND`.
    public var symbol: String
    /// Where it is dated.
    public var place: String
    /// The day that it bears.
    public var date: DocumentDate
    /// The type, or that it is an official letter, which has none.
    public var type: Kind
    /// The subject: beneath the type, or beneath the number of an official letter (there without “V/v”); empty = none.
    public var subject: String
    /// Whom it addresses, after “Kính gửi:”; empty = none.
    public var addressees: [Addressee]
    /// What it says.
    public var body: [Block]
    /// The signer's authority, in capitals, one line each: “KT. CHỦ TỊCH”, “PHÓ CHỦ TỊCH”.
    public var signerAuthority: [String]
    /// The signer's name; empty = a place for the signature.
    public var signerName: String
    /// The lines beneath “Nơi nhận:”, without their dashes; the last one is “Lưu: VT, …”.
    public var recipients: [String]
    /// What follows on pages of its own.
    public var appendices: [Appendix]

    /// A document without a body.
    public init(
        superiorAgency: String, agency: String, number: Int?, symbol: String, place: String, date: DocumentDate,
        type: Kind, subject: String = "", addressees: [Addressee] = [], body: [Block] = [], signerAuthority: [String],
        signerName: String, recipients: [String], appendices: [Appendix] = [],
        agencyInText: String = ""
    ) {
        self.superiorAgency = superiorAgency
        self.agency = agency
        self.agencyInText = agencyInText
        self.number = number
        self.symbol = symbol
        self.place = place
        self.date = date
        self.type = type
        self.subject = subject
        self.addressees = addressees
        self.body = body
        self.signerAuthority = signerAuthority
        self.signerName = signerName
        self.recipients = recipients
        self.appendices = appendices
    }

    /// `Số: 04/PXL-UBND`: numbers under ten with a zero before them, room for a number that is not issued yet.
    public var numberLine: String {
        "Số: " + Self.numberText(number, symbol)
    }

    /// A number with its symbol, `07/PXL-UBND`; without one, room for it.
    public static func numberText(_ number: Int?, _ symbol: String) -> String {
        (number.map { $0 < 10 ? "0\($0)" : "\($0)" } ?? "    ") + "/" + symbol
    }

    /// `Quận 1, ngày 04 tháng 01 năm 2024`.
    public var dateLine: String { "\(place), \(date.text)" }

    /// The title for a reader's list of files: type and subject in one line.
    public var title: String {
        switch type {
        case .named(let name): subject.isEmpty ? name : "\(name) \(subject)"
        case .officialLetter: subject.isEmpty ? "Công văn" : "Công văn \(subjectLine)"
        }
    }

    /// `V/v đôn đốc thực hiện nhiệm vụ`: the subject as it stands beneath the number of an official letter.
    var subjectLine: String { subject.hasPrefix("V/v ") ? subject : "V/v \(subject)" }
}

extension OfficialDocument {
    /// What a document is called. A literal is the name of a type: `type: "BÁO CÁO"`.
    public enum Kind: Sendable, Equatable, ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
        /// A document with a type, in capitals, and its subject beneath: `BÁO CÁO` (Decree 30/2020/NĐ-CP, form 1.4).
        case named(String)
        /// An official letter (công văn): it has no type; “V/v …” stands beneath the number (form 1.5).
        case officialLetter

        /// A named type.
        public init(stringLiteral name: String) { self = .named(name) }
    }

    /// Whom a document addresses. A literal is a name: `addressees: ["Sở Nội vụ"]`.
    public struct Addressee: Sendable, Equatable, ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
        /// The person or agency.
        public var name: String
        /// Lines beneath the name, as an address.
        public var details: [String]

        /// An addressee.
        public init(_ name: String, details: [String] = []) {
            self.name = name
            self.details = details
        }

        /// An addressee without further lines.
        public init(stringLiteral name: String) { self.init(name) }
    }
}
