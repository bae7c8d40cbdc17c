"""What comments and titles say: invented words by topic."""

from .creator import OK, Creator, Data, Dice
from .videos import LISTED

COMMON = ("好看", "哈哈哈", "求链接", "学到了", "真实", "支持", "已收藏", "什么时候更新", "[赞]", "[比心]")
WORDS = {
    "美妆": ("敏感肌", "防晒", "底妆", "卸妆", "护肤", "粉底液"),
    "时尚": ("通勤穿搭", "显瘦", "面料", "外套", "配色", "鞋子"),
    "美食": ("家常菜", "下饭", "火候", "早餐", "小店", "甜品"),
    "旅行": ("攻略", "古城", "高铁", "住宿", "日落", "预算"),
    "亲子": ("辅食", "绘本", "宝宝", "育儿", "早教", "睡眠"),
    "萌宠": ("猫咪", "猫粮", "掉毛", "撒娇", "驱虫", "铲屎官"),
    "科技": ("续航", "拆解", "手机", "屏幕", "跑分", "性价比"),
    "体育": ("跑步", "拉伸", "核心", "跑鞋", "减脂", "打卡"),
    "汽车": ("试驾", "油耗", "保养", "底盘", "改装", "新能源"),
    "剧情": ("反转", "邻居", "续集", "演技", "结局", "搞笑"),
    "随拍": ("日常", "周末", "天气", "散步", "晚霞", "朋友"),
    "音乐": ("翻唱", "吉他", "好听", "歌名", "现场", "编曲"),
    "三农": ("种豆", "收成", "田埂", "农具", "土鸡", "赶集"),
}


def words_of(c: Creator) -> list[str]:
    """Return the words of a creator's topics, those of the first topic first."""
    return [word for topic in c.topics for word in WORDS.get(topic, (topic,))]


def comment_words(c: Creator, dice: Dice) -> Data:
    """Build the ten words of the comments; without videos there are none."""
    words = [*words_of(c)[:4], *COMMON][:10] if any(c.videos) else []
    rates = sorted((dice.between(8, 400) for _ in words), reverse=True)
    return OK | {
        "hot_comment_tokens": [
            {"comment_token": word, "hot_rate": rate / 1000} for word, rate in zip(words, rates, strict=True)
        ]
    }


def content_words(c: Creator, dice: Dice) -> Data:
    """Build the words of the titles with the number of videos that have them."""
    most = min(LISTED, c.videos[1])
    counts = {word: dice.between(1, max(most * 2 // 3, 1)) for word in words_of(c)[:12]} if most else {}
    return OK | {"keyword_item_distribution": counts, "keyword_map": {}}
