/// The mail that carries an apology letter to a citizen: a few words, and the letter as a file.
public struct ApologyMail: Sendable {
    private let addressee: String
    private let code: String
    private let agency: String
    private let desk: String
    private let phone: String

    /// A mail.
    /// - Parameters:
    ///   - addressee: the person with a title, or the body, as the letter addresses it.
    ///   - code: the case file's code.
    ///   - agency: who apologises, within a sentence.
    ///   - desk: the one-stop desk's name.
    ///   - phone: its telephone.
    public init(addressee: String, code: String, agency: String, desk: String, phone: String) {
        self.addressee = addressee
        self.code = code
        self.agency = agency
        self.desk = desk
        self.phone = phone
    }

    /// The subject.
    public var subject: String { "Thư xin lỗi về hồ sơ \(code)" }

    private var sentences: [String] {
        [
            "\(agency) thành thật xin lỗi về việc chậm trả kết quả hồ sơ mã số \(code). Lý do và thời gian trả kết quả "
                + "được nêu trong thư xin lỗi gửi kèm.",
            "Mọi thắc mắc xin liên hệ \(desk), điện thoại \(phone).", "Trân trọng.",
        ]
    }

    /// The body as text.
    public var text: String {
        (["Kính gửi: \(addressee)", ""] + sentences).joined(separator: "\r\n") + "\r\n"
    }

    /// The body as HTML.
    public var html: String {
        let paragraphs = (["Kính gửi: \(addressee)"] + sentences).map { "<p>\(HTMLText.escaped($0))</p>" }.joined()
        return """
            <!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>\(HTMLText.escaped(subject))</title></head>
            <body style="font-family:'Times New Roman',Tinos,serif;font-size:15px;color:#111;max-width:760px">
            \(paragraphs)
            </body></html>
            """
    }
}
