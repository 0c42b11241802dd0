/// What an apology letter must say: Decision 5157/QĐ-UBND of 30 September 2016 (name, kind of file, number of the
/// receipt, state of the file, reason, next return date, apology).
public struct ApologyLetterForm: Sendable {
    /// The agency above, in capitals.
    public var superiorAgency: String
    /// The agency, in capitals.
    public var agency: String
    /// The agency within a sentence.
    public var agencyInText: String
    /// Number, symbol, place and day.
    public var number: Int?
    /// What follows the number.
    public var symbol: String
    /// Where it is dated.
    public var place: String
    /// The day that it bears.
    public var date: DocumentDate
    /// After “Kính gửi:”, with its title: `Ông/Bà Nguyễn Thị Lan`, `Công ty TNHH An Bình`.
    public var addressee: String
    /// The addressee within a sentence: `Ông/Bà`, `Quý tổ chức`.
    public var you: String
    /// The address; empty where it is not known.
    public var address: String
    /// The number of the receipt.
    public var code: String
    /// The procedure.
    public var procedure: String
    /// The field.
    public var field: String
    /// The unit that was late.
    public var unit: String
    /// `29/03/2024`.
    public var receivedOn: String
    /// `29/03/2024`.
    public var promisedOn: String
    /// When the result was there; nil = it is not.
    public var resolvedOn: String?
    /// When it was handed over; nil = it is not.
    public var returnedOn: String?
    /// Why.
    public var reason: String
    /// The new day; nil where the result is there, or where there was one that was not kept.
    public var newPromise: DocumentDate?
    /// The new day of the first letter, `29/03/2024`, that was not kept either; nil = this is the first letter.
    public var brokenPromise: String?
    /// Where the result is handed over.
    public var desk: String
    /// The desk's telephone.
    public var phone: String
    /// What “Nơi nhận” calls the desk; empty = it is not named there, as where the desk itself resolves the file.
    public var deskRecipient: String
    /// What the letter leans on.
    public var legalBasis: String
    /// The title, in capitals, of the first letter.
    public var title: String
    /// What stands before the new day.
    public var newDayLabel: String
    /// The signer's authority, one line each.
    public var signerAuthority: [String]
    /// The signer's name; empty = a place for the signature.
    public var signerName: String

    /// A form of these facts.
    public init(
        superiorAgency: String, agency: String, agencyInText: String, number: Int?, symbol: String, place: String,
        date: DocumentDate, addressee: String, you: String = "Ông/Bà", address: String, code: String,
        procedure: String, field: String,
        unit: String, receivedOn: String, promisedOn: String, resolvedOn: String?, returnedOn: String? = nil,
        reason: String,
        newPromise: DocumentDate?, brokenPromise: String? = nil, desk: String, phone: String,
        deskRecipient: String, legalBasis: String, title: String, newDayLabel: String, signerAuthority: [String],
        signerName: String
    ) {
        self.superiorAgency = superiorAgency
        self.agency = agency
        self.agencyInText = agencyInText
        self.number = number
        self.symbol = symbol
        self.place = place
        self.date = date
        self.addressee = addressee
        self.you = you
        self.address = address
        self.code = code
        self.procedure = procedure
        self.field = field
        self.unit = unit
        self.receivedOn = receivedOn
        self.promisedOn = promisedOn
        self.resolvedOn = resolvedOn
        self.returnedOn = returnedOn
        self.reason = reason
        self.newPromise = newPromise
        self.brokenPromise = brokenPromise
        self.desk = desk
        self.phone = phone
        self.deskRecipient = deskRecipient
        self.legalBasis = legalBasis
        self.title = title
        self.newDayLabel = newDayLabel
        self.signerAuthority = signerAuthority
        self.signerName = signerName
    }

    /// The placeholders of its text, as case files' columns are called where they come from there.
    public static let names: Set<String> = [
        "co_quan", "kinh_gui", "xung_ho", "dia_chi", "ma_ho_so", "ten_thu_tuc", "linh_vuc", "don_vi", "ngay_tiep_nhan",
        "ngay_hen_tra", "ngay_co_ket_qua", "ngay_tra", "ly_do_tre", "ngay_hen_lai", "ngay_da_hen_lai", "can_cu",
        "noi_tra", "dien_thoai_lien_he", "ten_van_ban", "loi_hen_lai", "noi_nhan_mot_cua",
    ]

    private var values: [String: String] {
        [
            "co_quan": agencyInText, "kinh_gui": addressee, "xung_ho": you,
            "dia_chi": address, "ma_ho_so": code, "ten_thu_tuc": procedure, "linh_vuc": field, "don_vi": unit,
            "ngay_tiep_nhan": receivedOn, "ngay_hen_tra": promisedOn, "ngay_co_ket_qua": resolvedOn ?? "",
            "ngay_tra": returnedOn ?? "",
            "ly_do_tre": reason.hasSuffix(".") ? String(reason.dropLast()) : reason,
            "ngay_hen_lai": newPromise?.text ?? "", "ngay_da_hen_lai": brokenPromise ?? "", "can_cu": legalBasis,
            "noi_tra": desk, "dien_thoai_lien_he": phone, "ten_van_ban": title, "loi_hen_lai": newDayLabel,
            "noi_nhan_mot_cua": deskRecipient,
        ]
    }

    /// The letter in the words of a template. It fits on a page of A4.
    /// - Throws: `DocumentError.template`.
    public func document(_ templates: LetterTemplates) throws(DocumentError) -> OfficialDocument {
        let text = try (brokenPromise == nil ? templates.letter : templates.second).render(values)
        return OfficialDocument(
            superiorAgency: superiorAgency, agency: agency, number: number, symbol: symbol, place: place, date: date,
            type: .named(text.type), subject: text.subject, addressees: text.addressees,
            body: text.paragraphs.map { .paragraph($0) }, signerAuthority: signerAuthority, signerName: signerName,
            recipients: text.recipients)
    }
}
