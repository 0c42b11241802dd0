/// Keeps the syllables of a word on one line of a title. Vietnamese writes a space between the syllables of a word, so a line
/// would break within one: “thủ tục hành / chính”. A no-break space between them says that it may not.
enum TitleWords {
    /// A title whose lines break between words only, as far as the words are known: those of offices, numbers with what they
    /// count (“quý I”, “năm 2024”, “số 04/KH-UBND”), and names (“Phường Bến Nghé”).
    static func bound(_ title: String) -> String {
        title.split(separator: "\n", omittingEmptySubsequences: false).map(boundLine).joined(separator: "\n")
    }

    /// The same for Word, which writes the spaces into the file: where a title has one line, they are plain ones, which a search
    /// finds.
    static func bound(_ title: String, _ style: TextStyle, within width: Double, _ setter: TextSetter) -> String {
        setter.set(title, style, width: width).lineCount > 1 ? bound(title) : title
    }

    private static func boundLine(_ line: Substring) -> String {
        let syllables = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard syllables.count > 1 else { return String(line) }
        let plain = syllables.map { $0.lowercased().filter { $0.isLetter || $0.isNumber } }
        var isBound = [Bool](repeating: false, count: syllables.count)
        for index in plain.indices {
            for length in lengths where index + length <= plain.count {
                guard words.contains(plain[index..<index + length].joined(separator: " ")) else { continue }
                // A word does not go on past a comma.
                guard syllables[index..<index + length - 1].allSatisfy({ $0.last?.isLetter ?? false }) else { continue }
                for place in index..<index + length - 1 { isBound[place] = true }
            }
            guard index + 1 < plain.count else { continue }
            if counted.contains(plain[index]), isNumber(syllables[index + 1]) { isBound[index] = true }
            if syllables[index].first?.isNumber ?? false, counting.contains(plain[index + 1]) { isBound[index] = true }
        }
        let hasSmallLetters = line.contains { $0.isLowercase }
        if hasSmallLetters { bindNames(syllables, &isBound) }
        var text = ""
        for (index, syllable) in syllables.enumerated() {
            text += syllable
            if index < syllables.count - 1 { text += isBound[index] ? "\u{a0}" : " " }
        }
        return text
    }

    /// Capital letters that follow one another are a name; a title begins with one that need not be.
    private static func bindNames(_ syllables: [String], _ isBound: inout [Bool]) {
        func isName(_ index: Int) -> Bool {
            (syllables[index].first?.isUppercase ?? false) && syllables[index].allSatisfy(\.isLetter)
        }
        var length = 0
        for index in syllables.indices.dropLast() where index > 0 {
            guard isName(index), syllables[index + 1].first?.isUppercase ?? false else {
                length = 0
                continue
            }
            length += 1
            if length < 4 { isBound[index] = true }
        }
    }

    private static func isNumber(_ text: String) -> Bool {
        guard let first = text.first else { return false }
        return first.isNumber || text.allSatisfy { "IVX".contains($0) }
    }

    /// What stands before its number.
    private static let counted: Set<String> = [
        "số", "quý", "năm", "tháng", "ngày", "quận", "phường", "điều", "khoản", "mẫu", "lần", "kỳ", "đợt", "khóa",
        "tuần", "phần",
    ]
    /// What stands after its number.
    private static let counting: Set<String> = ["tháng", "năm", "ngày", "tuần", "quý", "phường", "đơn", "nhiệm"]

    private static let lengths = [2, 3, 4]
    private static let words: Set<String> = [
        "ban hành", "bảo đảm", "báo cáo", "biên bản", "bổ sung", "bộ phận", "bưu chính", "cá nhân", "cải cách",
        "cán bộ",
        "cấp phép", "chấp hành", "chất lượng", "chỉ đạo", "chỉ số", "chỉ thị", "chỉ tiêu", "chính quyền", "chính sách",
        "chủ tịch", "chủ trì", "chuyển đổi", "chuyển đổi số", "chứng thực", "chương trình", "cơ quan", "công bố",
        "công chức", "công dân", "công khai", "công tác", "công văn", "công vụ", "cung cấp", "cuối năm", "danh mục",
        "danh sách", "dịch vụ", "dịch vụ công", "doanh nghiệp", "đánh giá", "đăng ký", "đất đai", "đầu năm", "đầu tư",
        "đề án", "đề nghị", "đề xuất", "địa bàn", "địa phương", "điện tử", "điều chỉnh", "định kỳ", "đôn đốc",
        "đối với",
        "đột xuất", "đơn vị", "đúng hạn", "giải quyết", "gia hạn", "giám sát", "giấy phép", "giáo dục", "giới thiệu",
        "hài lòng",
        "hàng năm", "hàng quý", "hàng tháng", "hành chính", "hằng năm", "hiệu quả", "hoàn thành", "hoạt động", "hồ sơ",
        "hỗ trợ", "hộ kinh doanh", "hộ tịch", "hội nghị", "hướng dẫn", "kế hoạch", "kết luận", "kết quả", "khai thác",
        "khảo sát", "khắc phục", "khiếu nại", "kiểm soát", "kiểm tra", "kiến nghị", "kinh doanh", "kinh tế", "kỷ cương",
        "kỷ luật", "lãnh đạo", "lao động", "liên quan", "liên thông", "lĩnh vực", "làm việc", "ngày làm việc",
        "một cửa",
        "năng lực", "ngân sách", "nghị định", "nghị quyết", "nghĩa vụ", "người dân", "nhà nước", "nhân dân", "nhiệm vụ",
        "nội dung", "nội vụ", "ủy ban", "ủy ban nhân dân", "uỷ ban", "uỷ ban nhân dân", "phản ánh", "phân công",
        "phê duyệt", "phối hợp", "phụ lục",
        "phục vụ", "quá hạn", "quản lý", "quy chế", "quy định", "quy trình", "quyết định", "rà soát", "sơ kết",
        "số hóa",
        "số liệu", "tài chính", "tài liệu", "tài nguyên", "thanh toán", "thanh tra", "thành phố", "thẩm quyền",
        "theo dõi",
        "thông báo", "thông tin", "thời gian", "thời hạn", "thủ tục", "thủ tục hành chính", "thực hiện", "thường xuyên",
        "tiến độ", "tiếp công dân", "tiếp nhận", "tiếp tục", "tình hình", "tổ chức", "tố cáo", "tổng hợp", "tổng kết",
        "trách nhiệm", "trả lời", "trễ hạn", "trễ hẹn", "trên địa bàn", "triển khai", "trong kỳ", "trực tiếp",
        "trực tuyến", "trung tâm", "tư pháp", "tuyên truyền", "tỷ lệ", "ứng dụng", "văn bản", "văn hóa", "văn phòng",
        "viên chức", "vướng mắc", "xác minh", "xây dựng", "xin lỗi", "xử lý", "thứ hai", "lần thứ hai", "y tế",
        "sáu tháng", "chín tháng",
    ]
}
