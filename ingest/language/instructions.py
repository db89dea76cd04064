"""Sentences in articles that give instructions to a language model."""

from __future__ import annotations

import re
import unicodedata

_MODEL_INSTRUCTION = re.compile(
    r"\byour (?:next )?(?:answer|response|reply|output|summary|message)\b"
    r"|\bthis (?:answer|response|reply|output)\b"
    r"|\bthe (?:answer|response|reply|output|summary) (?:must|should|has to)\b"
    r"|\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:instruction|prompt|rule|above|previous)"
    r"|\b(?:system|hidden) prompt\b"
    r"|\byou are (?:now |an? )*(?:ai|assistant|chatbot|chatgpt|model)\b"
    r"|\b(?:as|dear) an? (?:ai|language model|chatbot)\b"
    r"|\bas an assistant,? you\b|\bdear assistant\b"
    r"|(?<!\bto )(?<!s )\b(?:say|reply|respond|answer|write|begin|end) (?:only )?(?:with|that|in) "
    r"[\"'“]"
    r"|\bdownload (?:this|the) (?:tool|file)\b"
    r"|\b(?:mark|label|rate|treat|count|judge|classify|answer|accept)\b.{0,30}"
    r"\b(?:claims?|sentences?|statements?)\b.{0,30}"
    r"\b(?:as (?:supported|true|proven|verified)|with (?:an? )?[\"'“]?[SY]\b)"
    r"|\b(?:answer|reply|say|respond|write) [\"'“]?S\b"
    r"|(?:主張|文|記述)を(?:すべて|全て)?(?:正しい|真実|裏付けられた)と(?:判定|判断|回答)"
    r"|(?:これまで|以前|上記|前)の(?:指示|命令|プロンプト)|指示を無視|あなたは(?:AI|人工知能|アシスタント)"
    r"|(?:回答|返答|出力)(?:には|に|の中に|を).{0,20}(?:含め|加え|変え|して(?:ください|下さい))"
    r"|システムプロンプト",
    re.IGNORECASE,
)
_SIGNS = (
    *("answer", "response", "reply", "output", "summary", "message", "instruction", "prompt"),
    *("rule", "above", "previous", "you are", "language model", " ai", "assistant", "chatbot"),
    *("say", "respond", "write", "begin", "end ", "download", "指示", "命令", "プロンプト"),
    *("あなたは", "回答", "返答", "出力", "claim", "sentence", "statement", "判定", "判断"),
)
"""Substrings, at least one of which is in every match of :data:`_MODEL_INSTRUCTION`."""
_COMMAND = re.compile(
    r"^[^\w\"'“”‘’«]*(?:please |now |also |then |can you |could you )*"
    r"(?:explain|draft|translate|replace|rearrange|remove|include"
    r"|introduce (?:random|typos)|integrate|describe|summari[sz]e|paraphrase|rewrite|output|print"
    r"|repeat|pretend|act as|roleplay|generate|reveal|append|prepend|insert|substitute|reverse"
    r"|encode|develop|compose|break down|craft|outline|convert|calculate|solve|incorporate|embed"
    r"|emphasi[sz]e"
    r"|suggest|recommend|help me|teach|modify|design|provide|use (?:a|an) |identify|offer (?:a|an)"
    r"|add (?:a|an|the|\"|“)|provide (?:a|an|me|the)|write (?:a|an|me)|tell me"
    r"|give me|show me|list (?:the|all|five|ten)|create (?:a|an)|analy[sz]e (?:the|this|a)"
    r"|determine (?:the|whether)|classify|reply (?:in|with|only)|respond (?:in|with|only))\b",
    re.IGNORECASE,
)


def speaks_to_a_model(sentence: str) -> bool:
    """Return True if *sentence* gives instructions to a language model.

    Such a sentence is archived and searched, but it is never quoted and no answer uses it.
    """
    plain = sentence if sentence.isascii() else unicodedata.normalize("NFKC", sentence)
    if _COMMAND.match(plain):
        return True
    folded_text = plain.casefold()
    return any(sign in folded_text for sign in _SIGNS) and bool(_MODEL_INSTRUCTION.search(plain))
