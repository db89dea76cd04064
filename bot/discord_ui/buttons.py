"""Buttons, menus and forms with their key in the custom id, and choices for what is typed."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, Self, TypeVar

import discord
from discord import app_commands, ui

from bot.discord_ui.limits import DISCORD
from bot.discord_ui.replying import Interaction, report_failure, words_of

ANSWER_KEY = r"[0-9]{1,12}(?:\.[0-9]{1,20})?"
"""The number of an answer, then the id of its message if the button is below another message."""
_Item = TypeVar("_Item", bound=ui.Item[Any])
_NO_OPTIONS = (discord.SelectOption(label="…", value="0"),)
"""Options of a menu that is only restored to receive a choice."""


class KeyItem(ui.DynamicItem[ui.Item[Any]], template=r"desk:nothing"):
    """An item with its kind and its key in the custom id, so that it works after a restart."""

    kind: ClassVar[str]

    def __init__(self, key: str, item: ui.Item[Any]) -> None:
        super().__init__(item)
        self.key = key

    @classmethod
    def id_of(cls, key: str) -> str:
        """Return the custom id of the item with this key."""
        return f"desk:{cls.kind}:{key}"

    @classmethod
    def matches(cls, custom_id: str) -> bool:
        """Return True if *custom_id* belongs to an item of this kind."""
        return cls.__discord_ui_compiled_template__.fullmatch(custom_id) is not None

    @classmethod
    async def from_custom_id(
        cls,
        interaction: Interaction,
        item: ui.Item[Any],
        match: Any,  # noqa: ANN401 - discord.py's own signature
    ) -> Self:
        """Restore the item of a message from its custom id."""
        del interaction, item
        return cls(match["key"])  # type: ignore[call-arg]

    async def callback(self, interaction: Interaction) -> None:
        """Run the item's action; report an error to the person who used it."""
        try:
            await self.on_press(interaction)
        except Exception as error:
            await report_failure(interaction, error)

    async def on_press(self, interaction: Interaction) -> None:
        """Run the item's action."""
        raise NotImplementedError

    def chosen(self, interaction: Interaction) -> str | int | None:
        """Return the choice in a menu with one choice."""
        raise NotImplementedError


class KeyButton(KeyItem, template=r"desk:none"):
    """A button with its kind and its key in the custom id."""

    style: ClassVar[discord.ButtonStyle] = discord.ButtonStyle.secondary

    def __init__(self, key: str, label: str = "…") -> None:
        button: ui.Button[Any] = ui.Button(label=label, style=self.style, custom_id=self.id_of(key))
        super().__init__(key, button)

    @property
    def number(self) -> int:
        """Return the number of the answer in an :data:`ANSWER_KEY`."""
        return int(self.key.partition(".")[0])

    async def message(self, interaction: Interaction) -> discord.Message | None:
        """Return the answer's message; ``None`` if it was deleted."""
        number, channel = self.key.partition(".")[2], interaction.channel
        if not number:
            return interaction.message
        assert isinstance(channel, discord.abc.Messageable)
        try:
            return await channel.fetch_message(int(number))
        except discord.HTTPException:
            return None


class KeySelect(KeyItem, template=r"desk:choice"):
    """A menu of options with its kind and its key in the custom id."""

    def __init__(
        self,
        key: str,
        placeholder: str = "…",
        options: Sequence[discord.SelectOption] = _NO_OPTIONS,
        *,
        multiple: bool = False,
    ) -> None:
        menu: ui.Select[Any] = ui.Select(
            custom_id=self.id_of(key),
            placeholder=placeholder,
            options=list(options),
            min_values=0 if multiple else 1,
            max_values=len(options) if multiple else 1,
        )
        super().__init__(key, menu)

    @classmethod
    async def from_custom_id(
        cls,
        interaction: Interaction,
        item: ui.Item[Any],
        match: Any,  # noqa: ANN401 - discord.py's own signature
    ) -> Self:
        """Restore the menu of a message with the options that it offers."""
        del interaction
        assert isinstance(item, ui.Select)
        return cls(match["key"], options=item.options)

    @property
    def offered(self) -> set[str]:
        """Return the values of all options."""
        assert isinstance(self.item, ui.Select)
        return {option.value for option in self.item.options}

    @property
    def values(self) -> list[str]:
        """Return the chosen values."""
        assert isinstance(self.item, ui.Select)
        return list(self.item.values)

    def chosen(self, interaction: Interaction) -> str:
        """Return the chosen value of a menu with one choice."""
        del interaction
        return self.values[0]


class KeyChannelSelect(KeyItem, template=r"desk:channels"):
    """A menu of the server's channels with its kind and its key in the custom id."""

    types: ClassVar[Sequence[discord.ChannelType]] = (discord.ChannelType.text,)
    optional: ClassVar[bool] = True

    def __init__(self, key: str, placeholder: str = "…", chosen: int | None = None) -> None:
        kind = discord.SelectDefaultValueType.channel
        menu: ui.ChannelSelect[Any] = ui.ChannelSelect(
            custom_id=self.id_of(key),
            placeholder=placeholder,
            channel_types=list(self.types),
            min_values=0 if self.optional else 1,
            default_values=[discord.SelectDefaultValue(id=chosen, type=kind)] if chosen else [],
        )
        super().__init__(key, menu)

    def chosen(self, interaction: Interaction) -> int | None:
        """Return the id of the chosen channel of this server, or ``None``."""
        assert isinstance(self.item, ui.ChannelSelect)
        own = (c.id for c in self.item.values if c.guild_id == interaction.guild_id)
        return next(own, None)


class KeyRoleSelect(KeyItem, template=r"desk:roles"):
    """A menu of the server's roles with its kind and its key in the custom id."""

    def __init__(self, key: str, placeholder: str = "…", chosen: int | None = None) -> None:
        kind = discord.SelectDefaultValueType.role
        menu: ui.RoleSelect[Any] = ui.RoleSelect(
            custom_id=self.id_of(key),
            placeholder=placeholder,
            min_values=0,
            default_values=[discord.SelectDefaultValue(id=chosen, type=kind)] if chosen else [],
        )
        super().__init__(key, menu)

    def chosen(self, interaction: Interaction) -> int | None:
        """Return the id of the chosen role, or ``None``."""
        del interaction
        assert isinstance(self.item, ui.RoleSelect)
        return next((role.id for role in self.item.values), None)


class Form(ui.Modal):
    """A form in the language of its user; it reports an error to the person who sent it."""

    id_kind: ClassVar[str] = "form"
    """The part of the custom id that tells in which language the form is answered."""

    def __init__(self, interaction: Interaction, title: str) -> None:
        """Make a form with the catalogue's message of the key *title* above it.

        Its custom id belongs to it alone, because discord.py gives what is sent to the last form
        that was opened with an id. It also names the client, because a restart forgets its forms.
        """
        self.words = words_of(interaction)
        custom_id = f"desk:{self.id_kind}:{interaction.client.run_key}.{secrets.token_hex(8)}"
        super().__init__(title=self.words(title), custom_id=custom_id)

    @staticmethod
    def is_known(custom_id: str, run_key: str) -> bool:
        """Return True if the form with *custom_id* was opened by the client with *run_key*."""
        return custom_id.rpartition(":")[2].startswith(f"{run_key}.")

    def field(self, key: str, item: _Item) -> _Item:
        """Add *item* under the catalogue's label for *key*, and return it."""
        self.add_item(ui.Label(text=self.words(key), component=item))
        return item

    async def on_error(  # type: ignore[override]
        self, interaction: Interaction, error: Exception, /
    ) -> None:
        """Report *error* to the person who sent the form."""
        await report_failure(interaction, error)


def text_input(
    name: str, longest: int, *, required: bool = True, lines: bool = False
) -> ui.TextInput[Any]:
    """Make a text field, of several *lines* or of one, for at most *longest* characters."""
    style = discord.TextStyle.paragraph if lines else discord.TextStyle.short
    return ui.TextInput(custom_id=name, style=style, max_length=longest, required=required)


def texts_sent(components: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the texts in the raw *components* of a form that was sent, without the empty ones."""
    for component in components:
        if component.get("type") == discord.ComponentType.text_input.value:
            yield from filter(None, [component.get("value")])
        yield from texts_sent(component.get("components", ()))
        yield from texts_sent(filter(None, [component.get("component")]))


def matching_choices(
    text: str, names: Iterable[str], *, include_text: bool = False
) -> list[app_commands.Choice[str]]:
    """Return choices for the *names* that contain *text*, after *text* itself if so asked."""
    folded = text.casefold().strip()
    mine = [text.strip()[: DISCORD.choice_characters]] if include_text and folded else []
    matches = (
        name
        for name in names
        if folded in name.casefold() and len(name) <= DISCORD.choice_characters
    )
    return [
        app_commands.Choice(name=name, value=name)
        for name in list(dict.fromkeys([*mine, *matches]))[: DISCORD.choices]
    ]
