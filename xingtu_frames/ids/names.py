"""What the name of a column or of a part of an address says: a creator's id, something else, or nothing.

The grammar, over names in lower case, full-width letters made plain, without blanks, marks and invisible characters:

- What names something else is never a creator's id, whatever stands under it: people (身份证, 手机, 微信, QQ), other
  ids of Douyin (抖音号, UID, sec_uid), videos, orders, tasks, agencies (MCN ID), row numbers, times, money.
- Before 达人 a platform or agency only says which creators: 短视频达人ID and MCN达人ID are ids of creators.
- `star_id`, `kol_id`, `oAuthorId`, and what has 星图 or Xingtu and id, 编号 or 号 name a creator's id for certain.
- 达人ID, 博主ID, `author_id`, `id` and the like may be those of another marketplace or program: the values decide.
- Any other name that ends in id, 编号, 号 or 码 is an id of something else (内容ID, `ad_id`): one service numbers
  creators, advertisements, notes and comments alike, so that their values cannot be told apart.
- Traditional characters mean what the simplified ones do.
- What stands in brackets only explains, unless the name outside says nothing for certain.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Literal

Meaning = Literal["creator", "perhaps", "other", ""]

_KIND = r"(?:短视频|直播|图文|短剧|视频|mcn|机构|公司|抖音|巨量|星图|xingtu|签约|合作|投放|推荐|本期|商单)"
_PERSON = r"(?:达人|博主|红人|创作者|主播|作者|kol|koc|网红|daren|creator|author|talent|influencer|blogger)"
_WHICH = re.compile(rf"{_KIND}+(?={_PERSON})")
_OTHER = re.compile(
    "身份证|证件|护照|驾照|社保|税号|信用代码|营业执照|手机|电话|联系|微信|邮箱|银行|卡号|开户|账户|支付宝|(?<!主页|星图|链接|网页)地址|生日"
    "|抖音(?:号|id|主页|链接|账号)|快手|小红书|微博|b站|视频号|公众号|头条号|快递|单号|流水|合同|发票|订单|任务|需求|项目"
    "|客户|广告主|品牌|店铺|商品|产品|橱窗|素材|视频|作品|机构|公司|直播间|房间|群|主键|序号|行号|排名|日期|时间|价|费|金额|粉丝"
    "|播放|点赞|idcard|identity|passport|phone|mobile|telephone|wechat|weixin|wxid|vxid|email|mail|bank|iban|taxid"
    "|(?<!xingt)uid|userid|openid|unionid|shortid|uniqueid|douyinid|douyinhao|aweme|item|video|order|task|demand|project|campaign"
    "|advertiser|customer|client|company|brand|shop|product|goods|sku|material|mcn|agency|room|group|serial|rownum|rowid"
    "|rank|date|time|price|cost|fee|amount|follower|fans|play|^qq|^vx|^wx|^tel"
)
_CERTAIN = re.compile(
    rf"xtids?|(?=.*(?:星图|xingtu))(?:.*(?:id|编号|编码).*|.*(?<!账)号码?)|(?:kol|star|oauthor|starauthor){_PERSON}*ids?|{_PERSON}(?:kol|star)ids?"
)
_PERHAPS = re.compile(
    rf".*{_PERSON}(?:们|s)?的?(?:平台|唯一|账号)*(?:ids?|编号|编码|号码?)(?:号码?|编号)?|(?:平台)?ids?(?:号码?|编号)?"
)
_NUMBERED = re.compile(".+(?:ids?|编号|编码|(?<!账)号码?|(?<!账号)码|主键)")
_UNTOLD = re.compile("账?号码?|[编代]?[号码]|账号ids?|accountids?")
_ADDRESS = re.compile("链接|主页|网址|地址|url|link|homepage")
_BRACKETS = re.compile(r"[(\[{【〔《<][^)\]}】〕》>]*[)\]}】〕》>]?")
_SIMPLIFIED = str.maketrans(
    "圖達紅創網編號碼證機構訂單務項視頻銀電話聯繫賬帳戶時間價費額絲鏈頁執照發開稅駕護郵寶間貨產廣主題筆記評論媽",
    "图达红创网编号码证机构订单务项视频银电话联系账账户时间价费额丝链页执照发开税驾护邮宝间货产广主题笔记评论妈",
)
_LONGEST = 60
"""No header that names an id is longer; a sentence is none."""


def plain(name: str) -> str:
    """Return a name in the letters that decide: lower case, no blanks, marks or invisible characters."""
    text = unicodedata.normalize("NFKC", name[:1000]).casefold().translate(_SIMPLIFIED)
    return "".join(char for char in text if char.isalnum())


@lru_cache(maxsize=4096)
def meaning_of(name: str) -> Meaning:
    """Return what a name says of the values under it: ``"creator"``, ``"perhaps"``, ``"other"`` or nothing."""
    whole = unicodedata.normalize("NFKC", name[:1000])
    outside = _BRACKETS.sub("", whole)
    first = _meaning(plain(outside))
    if first in ("creator", "other") or outside == whole:
        return first
    # ID（身份证） is not the id of a creator, ID（星图） is.
    inside = _meaning(plain(whole))
    return inside or first


def _meaning(head: str) -> Meaning:
    if not head or len(head) > _LONGEST:
        return ""
    words = _WHICH.sub(_kept_star, head)
    if _OTHER.search(words):
        return "other"
    if _CERTAIN.fullmatch(words):
        return "creator"
    if _PERHAPS.fullmatch(words):
        return "perhaps"
    return "other" if _NUMBERED.fullmatch(words) and not _UNTOLD.fullmatch(words) else ""


def _kept_star(match: re.Match[str]) -> str:
    return "星图" if "星图" in match[0] or "xingtu" in match[0] else ""


def names_an_address(name: str) -> bool:
    """Return whether a name says that addresses stand under it, and not those of something else."""
    return _ADDRESS.search(plain(name)) is not None and meaning_of(name) != "other"
