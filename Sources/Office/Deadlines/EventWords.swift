/// The words with which a deadline phrase waits for an event, which no calendar knows.
enum EventWords {
    private static let beginnings = [
        "khi", "sau khi", "ngay khi", "ngay sau khi", "trước khi", "đột xuất", "tùy", "căn cứ", "trong vòng",
        "theo hướng dẫn", "theo yêu cầu", "theo kế hoạch", "theo quy định", "theo chỉ đạo", "theo sự chỉ đạo",
        "theo tiến độ",
        "theo lộ trình", "theo đề nghị", "theo chương trình", "theo thời gian", "theo thời hạn", "theo thực tế",
        "theo văn bản",
        "theo tình hình", "theo nhu cầu", "theo phân công", "theo thông báo", "theo lịch", "theo từng thời điểm",
        "theo quyết định",
        "theo nghị quyết", "theo nghị định", "theo thông tư", "theo công văn", "theo đề án", "theo dự án",
        "theo nhiệm vụ",
        "thời gian theo", "thực hiện theo", "khi có", "sau khi có",
    ].map { $0.split(separator: " ").map(String.init) }

    /// Whether a clause begins with them.
    static func begin(_ text: String) -> Bool {
        let words = DeadlineToken.all(in: text).prefix(5).map { $0.word ?? "" }
        return beginnings.contains { words.starts(with: $0) }
    }
}
