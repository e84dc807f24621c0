"""A figure and the bound that it has to keep."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    value: float
    bound: float
    at_least: bool

    @property
    def holds(self) -> bool:
        return self.value >= self.bound if self.at_least else self.value <= self.bound

    def line(self) -> str:
        bound = f"{'>=' if self.at_least else '<='} {self.bound}"
        return f"{'holds' if self.holds else 'FAILS'}  {self.value:.3f}  {bound:8}  {self.name}"
