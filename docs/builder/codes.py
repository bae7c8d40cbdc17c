"""The provider's codes: what each means, whether it is charged, and what to do."""

from __future__ import annotations

from xingtu_frames.wire.envelope import CODES

from .markdown import Language, code, table

_BILLED_ZH = {"yes": "是", "no": "否", "unknown": "不明"}
_ZH = {
    100: ("token 无效或未激活", "检查 JUSTONEAPI_TOKEN，或传给 Client 的 token"),
    201: ("成功但没有内容（旧代码）", ""),
    202: ("暂不受理", "稍后再问；已取得的都已保存，不会再付费"),
    300: ("接口无效", "`xf.endpoints()` 列出现行与旧版接口的对应关系"),
    301: ("这一次没有采集到数据", "稍后再问；已取得的都已保存，不会再付费"),
    302: ("请求过快", "会自动放慢；也可以用 `Client(per_second=2)` 设上限"),
    303: ("今天的配额用完了", "明天继续；已取得的都已保存"),
    400: ("参数不被接受", "检查 ID 与可选参数"),
    404: ("没有找到", "检查 ID：必须是星图达人 ID"),
    500: ("服务方的服务器出错", "稍后再问"),
    503: ("服务方暂不可用", "稍后再问"),
    600: ("token 没有这个接口的权限", "请 Just One API 为 token 开通"),
    601: ("余额不足", "在 Just One API 后台充值"),
    602: ("token 自身的预算用完了", "在 Just One API 后台提高上限"),
}


def listing(lang: Language) -> str:
    """Return the table of all codes."""
    if lang == "zh":
        rows = [
            (number, _ZH[number][0], code(known.error.__name__), _BILLED_ZH[known.billed], _ZH[number][1])
            for number, known in CODES.items()
        ]
        return table(("代码", "含义", "错误", "是否计费", "怎么办"), rows)
    rows = [
        (number, known.meaning, code(known.error.__name__), known.billed, known.advice)
        for number, known in CODES.items()
    ]
    return table(("code", "meaning", "error", "charged", "what to do"), rows)
