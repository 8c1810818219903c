沿用 「./rulebook.zs」 # ✗
