"""Labels: the words that stand over an article's key points."""

import re

KEY_POINTS_LABEL = re.compile(
    r"(?:the )?(?:key|main|major) (?:points?|takeaways?|facts|findings)|takeaways|at a glance|"
    r"(?:story |article )?highlights|in brief|in short|the gist|summary|tl;?dr|quick read|"
    r"what (?:you need )?to know|what's at stake|das wichtigste (?:in kürze|im überblick)|"
    r"auf einen blick|l'essentiel|(?:les )?points clés|en resumen|(?:las )?claves|in breve|"
    r"punti chiave|em resumo|главное|коротко|要点|核心要点|摘要|ポイント|أبرز النقاط",
    re.I,
)
