import Testing

@testable import OfficeDocuments

/// The texts that an office may change.
@Suite struct TemplateTests {
    private func template(_ text: String) throws -> DocumentTemplate {
        try DocumentTemplate(text, path: "templates/thu-xin-loi.mustache", names: ["ma_ho_so", "ly_do_tre"])
    }

    @Test("what cannot be used is refused by its file and line")
    func refused() {
        let cases: [(String, String)] = [
            ("# A\n\nHồ sơ {{ma_ho_so}}\nLý do {{ly_do}}", ":4: there is no placeholder “ly_do”"),
            ("# A\n{{#ly_do_tre}}\nx", ":2: the section “ly_do_tre” is not closed"),
            ("# A\n{{#ly_do_tre}}\n{{/ma_ho_so}}", ":3: “{{/ma_ho_so}}” closes no section"),
            ("# A\n\n{{ma_ho_so", ":3: “{{” is not closed"),
            ("# A\n{{> other}}", ":2: “{{> other}}” is no placeholder"),
            ("# A\n{{=<% %>=}}", ":2: “{{=<% %>=}}” is no placeholder"),
            ("# A\n{{upper(ma_ho_so)}}", ":2: “{{upper(ma_ho_so)}}” is no placeholder"),
            ("# A\n{{{ma_ho_so}}", ":2: “{{{” is not closed"),
            // A comment of two lines counts as two.
            ("# A\n{{! x\ny }}\n{{ly_do}}", ":4: there is no placeholder “ly_do”"),
        ]
        for (text, message) in cases {
            do {
                _ = try template(text)
                Issue.record("accepted: \(text)")
            } catch {
                #expect("\(error)".hasPrefix("templates/thu-xin-loi.mustache" + message), "\(error)")
            }
        }
    }

    @Test("the parts of a document come out of the markup")
    func parts() throws {
        let text = try template(
            """
            {{! Ghi chú }}
            # PHIẾU XIN LỖI
            ## Hồ sơ {{ma_ho_so}}
            Kính gửi: Ông Bình
            > Địa chỉ: 1 Lê Lợi

            Một đoạn
            hai dòng, **đậm {{ma_ho_so}}** hết.

            {{#ly_do_tre}}
            Lý do: {{ly_do_tre}}
            {{/ly_do_tre}}
            {{^ly_do_tre}}
            Không có lý do.
            {{/ly_do_tre}}

            Nơi nhận:
            - Như trên;
            - Lưu: VT.
            """
        ).render(["ma_ho_so": "A-1", "ly_do_tre": ""])
        #expect(text.type == "PHIẾU XIN LỖI")
        #expect(text.subject == "Hồ sơ A-1")
        #expect(text.addressees == [.init("Ông Bình", details: ["Địa chỉ: 1 Lê Lợi"])])
        #expect(
            text.paragraphs == [
                [Run("Một đoạn hai dòng, "), Run("đậm A-1", bold: true), Run(" hết.")], [Run("Không có lý do.")],
            ])
        #expect(text.recipients == ["Như trên;", "Lưu: VT."])
    }

    @Test("a value is never markup, whatever a citizen is called")
    func guarded() throws {
        let text = try template("# A\n\n{{ly_do_tre}}\n\nx {{ma_ho_so}} y").render([
            "ly_do_tre": "# B\n## C\nKính gửi: D", "ma_ho_so": "**{{ma_ho_so}}** & <b>",
        ])
        #expect(text.type == "A")
        #expect(text.subject.isEmpty && text.addressees.isEmpty)
        #expect(text.paragraphs == [[Run("# B ## C Kính gửi: D")], [Run("x **{{ma_ho_so}}** & <b> y")]])
    }

    @Test("a text without a type is refused")
    func noType() throws {
        #expect(throws: DocumentError.self) { try template("Kính gửi: A").render([:]) }
    }

    @Test("the letter after a second delay promises nothing new and names the date that was not kept")
    func second() throws {
        var form = LetterTests.form()
        form.newPromise = nil
        form.brokenPromise = "20/02/2024"
        let words = try Poppler.words(PDFRenderer.render(form.document, pages: 1))
        #expect(words.contains("đã xin lỗi và hẹn lại ngày 20/02/2024"))
        #expect(words.contains("trễ hẹn lần thứ hai"))
        #expect(!words.contains("Hẹn lại ngày trả kết quả:"))
    }

    @Test("the office's own text takes the place of Kịp's")
    func own() throws {
        let templates = try LetterTemplates { (name) throws(DocumentError) in
            name == "thu-xin-loi.mustache" ? ("# THƯ\n\nHồ sơ {{ma_ho_so}}.", name) : nil
        }
        #expect(try LetterTests.form().document(templates).type == "THƯ")
        #expect(throws: DocumentError.self) {
            try LetterTemplates { (name) throws(DocumentError) in ("# THƯ {{ho_ten}}", name) }
        }
    }
}
