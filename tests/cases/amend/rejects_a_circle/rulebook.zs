# 两本不能互相沿用。
沿用 「other.zs」
