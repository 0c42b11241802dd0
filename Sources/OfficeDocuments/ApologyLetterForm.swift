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
    /// The person or organisation.
    public var applicant: String
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
    /// Why.
    public var reason: String
    /// The new day; nil where the result is there.
    public var newPromise: DocumentDate?
    /// Where the result is handed over.
    public var desk: String
    /// The desk's telephone.
    public var phone: String
    /// What the letter leans on.
    public var legalBasis: String
    /// The signer's authority, one line each.
    public var signerAuthority: [String]
    /// The signer's name; empty = a place for the signature.
    public var signerName: String

    /// A form of these facts.
    public init(
        superiorAgency: String, agency: String, agencyInText: String, number: Int?, symbol: String, place: String,
        date: DocumentDate, applicant: String, address: String, code: String, procedure: String, field: String,
        unit: String, receivedOn: String, promisedOn: String, resolvedOn: String?, reason: String,
        newPromise: DocumentDate?, desk: String, phone: String, legalBasis: String, signerAuthority: [String],
        signerName: String
    ) {
        self.superiorAgency = superiorAgency
        self.agency = agency
        self.agencyInText = agencyInText
        self.number = number
        self.symbol = symbol
        self.place = place
        self.date = date
        self.applicant = applicant
        self.address = address
        self.code = code
        self.procedure = procedure
        self.field = field
        self.unit = unit
        self.receivedOn = receivedOn
        self.promisedOn = promisedOn
        self.resolvedOn = resolvedOn
        self.reason = reason
        self.newPromise = newPromise
        self.desk = desk
        self.phone = phone
        self.legalBasis = legalBasis
        self.signerAuthority = signerAuthority
        self.signerName = signerName
    }

    private var isOrganisation: Bool {
        ["Công ty", "Doanh nghiệp", "Hợp tác xã", "Trường", "Bệnh viện", "Hội ", "Trung tâm", "Chi nhánh"]
            .contains(where: applicant.hasPrefix)
    }
    private var you: String { isOrganisation ? "Quý tổ chức" : "Ông/Bà" }

    /// The letter. It fits on a page of A4.
    public var document: OfficialDocument {
        OfficialDocument(
            superiorAgency: superiorAgency, agency: agency, number: number, symbol: symbol, place: place, date: date,
            type: "PHIẾU XIN LỖI VÀ HẸN LẠI NGÀY TRẢ KẾT QUẢ", subject: "Hồ sơ số \(code)",
            addressees: [
                .init(
                    (isOrganisation ? "" : "Ông/Bà ") + applicant,
                    details: address.isEmpty ? [] : ["Địa chỉ: \(address)"])
            ],
            body: [received, state, why, apology, promise, closing].map { .paragraph($0) },
            signerAuthority: signerAuthority, signerName: signerName,
            recipients: ["Như trên;", "\(unit);", "Bộ phận Tiếp nhận và Trả kết quả;", "Lưu: VT."])
    }

    private var received: [Run] {
        [
            Run("Ngày \(receivedOn), \(agencyInText) tiếp nhận hồ sơ mã số "), Run(code, bold: true),
            Run(" của \(you) về thủ tục “\(procedure)”, lĩnh vực \(field), do \(unit) giải quyết. "),
            Run("Theo Giấy tiếp nhận hồ sơ và hẹn trả kết quả, ngày hẹn trả kết quả là "),
            Run(promisedOn, bold: true), Run("."),
        ]
    }

    private var state: [Run] {
        if let resolvedOn {
            return [Run("Tình trạng hồ sơ: đã có kết quả ngày \(resolvedOn), sau ngày hẹn trả kết quả.")]
        }
        return [Run("Tình trạng hồ sơ: đang được giải quyết, chưa có kết quả theo đúng ngày đã hẹn.")]
    }

    private var why: [Run] { [Run("Lý do chậm trễ: ", bold: true), Run(reason + (reason.hasSuffix(".") ? "" : "."))] }

    private var apology: [Run] {
        [
            Run(
                "Căn cứ \(legalBasis), \(agencyInText) thành thật xin lỗi \(you) về sự chậm trễ này và những phiền hà, "
                    + "tốn kém thời gian, công sức mà \(you) đã phải chịu.")
        ]
    }

    private var promise: [Run] {
        if let newPromise {
            return [
                Run("Hẹn lại ngày trả kết quả: ", bold: true), Run(newPromise.text, bold: true),
                Run(", tại \(desk)."),
            ]
        }
        return [Run("Kết quả được trả tại \(desk), trong giờ làm việc.")]
    }

    private var closing: [Run] {
        [
            Run(
                "Mọi thắc mắc, đề nghị \(you) liên hệ số điện thoại \(phone). Rất mong nhận được sự thông cảm của \(you)./."
            )
        ]
    }
}
