/// Names, titles and stories of the sample platform, in Chinese and in English.
enum SampleWords {
  static let goods: [(chinese: String, english: String, kind: String)] = [
    ("苹果", "apples", "fresh"), ("车厘子", "cherries", "fresh"), ("大闸蟹", "hairy crab", "fresh"),
    ("蜂蜜", "honey", "native"), ("红枣", "red dates", "native"), ("小米", "millet", "native"),
    ("木耳", "wood ear", "native"), ("陶杯", "clay cup", "handicraft"),
    ("竹篮", "bamboo basket", "handicraft"), ("剪纸", "paper cutting", "handicraft"),
    ("面膜", "face mask", "other"), ("羊毛围巾", "wool scarf", "other"),
    ("儿童绘本", "picture book", "other"), ("保温杯", "thermos", "other"),
  ]
  static let qualities: [(chinese: String, english: String)] = [
    ("农家", "Farm"), ("手工", "Handmade"), ("有机", "Organic"), ("新鲜", "Fresh"),
    ("老字号", "Traditional"), ("限量", "Limited"), ("亲子", "Family"), ("山里", "Mountain"),
  ]
  /// Neighbours differ, so that the next version's title is always another.
  static let versions: [(chinese: String, english: String)] = [
    ("", ""), ("（新包装）", ", new packaging"), ("（顺丰包邮）", ", free delivery"),
    ("🎁礼盒装", " 🎁 gift box"), ("（第二件半价）", ", second at half price"),
  ]
  static let stories = [
    "奶奶的配方，三代人的味道。", "每一件都由村里的手艺人做成。", "清晨采摘，当天发货。",
    "My family has made these for thirty years.", "Picked at dawn, sent the same day.",
  ]
  static let shopNames = [
    "小满的店", "阿婆厨房", "山货铺子", "妈妈优选", "Lily's Corner", "The Tea House", "北方有礼", "慢生活",
  ]
  static let brandNames = ["清禾", "Mumu", "悦己", "本草堂", "Nordlight", "谷雨"]
  static let communities = ["宝妈群", "跑步圈", "book-club", "邻里团", "tea-lovers"]
  static let reasons = ["seasonal", "换季", "count", "损坏", "by request"]

  /// The title of a product's version: three in four are Chinese.
  static func title(product: Int, version: Int) -> String {
    let good = goods[product % goods.count]
    let quality = qualities[product / goods.count % qualities.count]
    let version = versions[version % versions.count]
    return product % 4 == 3
      ? quality.english + " " + good.english + version.english
      : quality.chinese + good.chinese + version.chinese
  }
}
