/// The texts of apology letters: the office's own where its folder has them, else those that stand here.
public struct LetterTemplates: Sendable {
    /// The first letter about a promise.
    public let letter: DocumentTemplate
    /// The letter after a second delay, which promises nothing new.
    public let second: DocumentTemplate

    /// The names of the files.
    public static let fileNames = ["thu-xin-loi.mustache", "thu-xin-loi-lan-hai.mustache"]

    /// Reads the texts.
    /// - Parameter read: the office's own text of a file's name, with its path; nil = it has none.
    /// - Throws: `DocumentError.template` that names the file and the line.
    public init(_ read: (_ name: String) throws(DocumentError) -> (text: String, path: String)?) throws(DocumentError) {
        func template(_ index: Int, _ builtIn: String) throws(DocumentError) -> DocumentTemplate {
            let name = Self.fileNames[index]
            let own = try read(name)
            return try DocumentTemplate(own?.text ?? builtIn, path: own?.path ?? name, names: ApologyLetterForm.names)
        }
        letter = try template(0, Self.builtIn)
        second = try template(1, Self.builtInSecond)
    }

    /// The texts as they stand here, by file name, for an office that wants to begin with them.
    public static let texts = [builtIn, builtInSecond]

    private static let builtIn = """
        {{! Thư xin lỗi: tên văn bản, căn cứ và lời hẹn lại lấy từ office.yaml (apology.form, apology.legalBasis). }}
        # {{ten_van_ban}}
        ## Hồ sơ số {{ma_ho_so}}
        Kính gửi: {{kinh_gui}}
        {{#dia_chi}}
        > Địa chỉ: {{dia_chi}}
        {{/dia_chi}}

        Ngày {{ngay_tiep_nhan}}, {{co_quan}} tiếp nhận hồ sơ mã số **{{ma_ho_so}}** của {{xung_ho}} về thủ tục
        “{{ten_thu_tuc}}”, lĩnh vực {{linh_vuc}}, do {{don_vi}} giải quyết. Theo Giấy tiếp nhận hồ sơ và hẹn trả kết quả,
        ngày hẹn trả kết quả là **{{ngay_hen_tra}}**.

        {{#ngay_co_ket_qua}}
        Tình trạng hồ sơ: đã có kết quả ngày {{ngay_co_ket_qua}}, sau ngày hẹn trả kết quả.
        {{/ngay_co_ket_qua}}
        {{^ngay_co_ket_qua}}
        Tình trạng hồ sơ: đang được giải quyết, chưa có kết quả theo đúng ngày đã hẹn.
        {{/ngay_co_ket_qua}}

        **Lý do chậm trễ:** {{ly_do_tre}}.

        Căn cứ {{can_cu}}, {{co_quan}} thành thật xin lỗi {{xung_ho}} về sự chậm trễ này và những phiền hà, tốn kém thời gian,
        công sức mà {{xung_ho}} đã phải chịu.

        {{#ngay_hen_lai}}
        **{{loi_hen_lai}}: {{ngay_hen_lai}}**, tại {{noi_tra}}.
        {{/ngay_hen_lai}}
        {{^ngay_hen_lai}}
        {{#ngay_tra}}
        Kết quả đã được trả ngày {{ngay_tra}}.
        {{/ngay_tra}}
        {{^ngay_tra}}
        Kết quả được trả tại {{noi_tra}}, trong giờ làm việc.
        {{/ngay_tra}}
        {{/ngay_hen_lai}}

        Mọi thắc mắc, đề nghị {{xung_ho}} liên hệ số điện thoại {{dien_thoai_lien_he}}. Rất mong nhận được sự thông cảm của
        {{xung_ho}}./.

        Nơi nhận:
        - Như trên;
        - {{don_vi}};
        {{#noi_nhan_mot_cua}}
        - {{noi_nhan_mot_cua}};
        {{/noi_nhan_mot_cua}}
        - Lưu: VT.
        """

    private static let builtInSecond = """
        {{! Thư xin lỗi khi hồ sơ trễ hẹn lần thứ hai: không hẹn lại lần nữa. }}
        # THƯ XIN LỖI
        ## Hồ sơ số {{ma_ho_so}} trễ hẹn lần thứ hai
        Kính gửi: {{kinh_gui}}
        {{#dia_chi}}
        > Địa chỉ: {{dia_chi}}
        {{/dia_chi}}

        Ngày {{ngay_tiep_nhan}}, {{co_quan}} tiếp nhận hồ sơ mã số **{{ma_ho_so}}** của {{xung_ho}} về thủ tục
        “{{ten_thu_tuc}}”, lĩnh vực {{linh_vuc}}, do {{don_vi}} giải quyết. Ngày hẹn trả kết quả ghi trên Giấy tiếp nhận hồ sơ là
        **{{ngay_hen_tra}}**; {{co_quan}} đã xin lỗi và hẹn lại ngày **{{ngay_da_hen_lai}}**.

        {{#ngay_co_ket_qua}}
        Tình trạng hồ sơ: đã có kết quả ngày {{ngay_co_ket_qua}}, sau ngày đã hẹn lại.
        {{/ngay_co_ket_qua}}
        {{^ngay_co_ket_qua}}
        Tình trạng hồ sơ: đến nay vẫn chưa có kết quả. Hồ sơ đã được báo cáo lãnh đạo {{co_quan}} để trực tiếp chỉ đạo giải quyết.
        {{/ngay_co_ket_qua}}

        **Lý do chậm trễ:** {{ly_do_tre}}.

        {{co_quan}} nhận trách nhiệm về sự chậm trễ này và thành thật xin lỗi {{xung_ho}} về những phiền hà, tốn kém thời gian,
        công sức mà {{xung_ho}} đã phải chịu. Kết quả được trả tại {{noi_tra}} ngay khi hoàn thành.

        Mọi thắc mắc, đề nghị {{xung_ho}} liên hệ số điện thoại {{dien_thoai_lien_he}}. Rất mong nhận được sự thông cảm của
        {{xung_ho}}./.

        Nơi nhận:
        - Như trên;
        - Chủ tịch UBND (để báo cáo);
        - {{don_vi}};
        - Lưu: VT.
        """
}
